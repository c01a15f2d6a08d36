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
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"

	apiv1 "github.com/cloudnative-pg/cloudnative-pg/api/v1"
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

// ask answers one question; what makes the operator panic is an error, as it is for the API server.
func ask[T any, P interface {
	*T
	runtime.Object
}](q question, defaulter admission.Defaulter[P], validator admission.Validator[P]) (a answer, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic: %v", cause)
		}
	}()
	ctx := context.Background()
	object, old := P(new(T)), P(new(T))
	if err := json.Unmarshal(q.Object, object); err != nil {
		return a, err
	}
	if q.Mutate {
		if defaulter != nil {
			err = defaulter.Default(ctx, object)
		}
		a.Object = object
		return a, err
	}
	if len(q.Old) == 0 {
		a.Warnings, err = validator.ValidateCreate(ctx, object)
		return a, err
	}
	if err := json.Unmarshal(q.Old, old); err != nil {
		return a, err
	}
	a.Warnings, err = validator.ValidateUpdate(ctx, old, object)
	return a, err
}

func verdict(q question) (answer, error) {
	switch q.Kind {
	case "Cluster":
		return ask(q, admission.Defaulter[*apiv1.Cluster](&webhookv1.ClusterCustomDefaulter{}), webhookv1.Validators.Cluster)
	case "Backup":
		return ask(q, admission.Defaulter[*apiv1.Backup](&webhookv1.BackupCustomDefaulter{}), webhookv1.Validators.Backup)
	case "ScheduledBackup":
		return ask(q, admission.Defaulter[*apiv1.ScheduledBackup](&webhookv1.ScheduledBackupCustomDefaulter{}), webhookv1.Validators.ScheduledBackup)
	case "Database":
		return ask(q, admission.Defaulter[*apiv1.Database](&webhookv1.DatabaseCustomDefaulter{}), webhookv1.Validators.Database)
	case "Pooler":
		return ask(q, nil, webhookv1.Validators.Pooler)
	}
	return answer{}, fmt.Errorf("no webhook for kind %q", q.Kind)
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
