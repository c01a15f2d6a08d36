// Answers as the operator's webhooks do: one question a line, in JSON, from standard input; one answer a line.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	webhookv1 "github.com/cloudnative-pg/cloudnative-pg/internal/webhook/v1"
	"github.com/cloudnative-pg/cloudnative-pg/pkg/utils"
)

type question struct {
	ID     string          `json:"id"`
	Kind   string          `json:"kind"`
	Object json.RawMessage `json:"object"`
	// Old is the object before an update.
	Old json.RawMessage `json:"old"`
	// Mutate asks the mutating webhook, which has no opinion: the answer is the object as it sends it back.
	Mutate bool `json:"mutate"`
}

type answer struct {
	ID       string               `json:"id"`
	Error    string               `json:"error"`
	Causes   []metav1.StatusCause `json:"causes"`
	Warnings []string             `json:"warnings"`
	Object   any                  `json:"object,omitempty"`
}

// verdict answers one question; what makes the operator panic is an error, as it is for the API server.
func verdict(q question) (a answer, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic: %v", cause)
		}
	}()
	webhooks, ok := webhookv1.Kinds[q.Kind]
	if !ok {
		return a, fmt.Errorf("no webhook for kind %q", q.Kind)
	}
	ctx := context.Background()
	object, old := webhooks.New(), webhooks.New()
	if err := json.Unmarshal(q.Object, object); err != nil {
		return a, err
	}
	if q.Mutate {
		err = webhooks.Mutate(ctx, object)
		a.Object = object
		return a, err
	}
	if len(q.Old) == 0 {
		a.Warnings, err = webhooks.Create(ctx, object)
		return a, err
	}
	if err := json.Unmarshal(q.Old, old); err != nil {
		return a, err
	}
	a.Warnings, err = webhooks.Update(ctx, old, object)
	return a, err
}

func main() {
	// As with the CRD of VolumeSnapshots installed.
	utils.SetVolumeSnapshot(true)
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 1<<26)
	out := json.NewEncoder(os.Stdout)
	for in.Scan() {
		var q question
		if err := json.Unmarshal(in.Bytes(), &q); err != nil {
			log.Fatal(err)
		}
		a, err := verdict(q)
		a.ID = q.ID
		if err != nil {
			a.Error = err.Error()
			if status, ok := err.(apierrors.APIStatus); ok && status.Status().Details != nil {
				a.Causes = status.Status().Details.Causes
			}
		}
		if err := out.Encode(a); err != nil {
			log.Fatal(err)
		}
	}
	if err := in.Err(); err != nil {
		log.Fatal(err)
	}
}
