package v1

import (
	"context"

	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"
)

// Webhooks are those that the manager registers for one kind.
type Webhooks struct {
	New    func() runtime.Object
	Mutate func(ctx context.Context, object runtime.Object) error
	Create func(ctx context.Context, object runtime.Object) (admission.Warnings, error)
	Update func(ctx context.Context, old, object runtime.Object) (admission.Warnings, error)
}
