package v1

import (
	"context"

	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"

	apiv1 "github.com/cloudnative-pg/cloudnative-pg/api/v1"
)

// Kinds are those that have webhooks.
var Kinds = map[string]Webhooks{
	"Cluster":         of[apiv1.Cluster](&ClusterCustomDefaulter{}, newBypassableValidator[*apiv1.Cluster](&ClusterCustomValidator{})),
	"Backup":          of[apiv1.Backup](&BackupCustomDefaulter{}, newBypassableValidator[*apiv1.Backup](&BackupCustomValidator{})),
	"ScheduledBackup": of[apiv1.ScheduledBackup](&ScheduledBackupCustomDefaulter{}, newBypassableValidator[*apiv1.ScheduledBackup](&ScheduledBackupCustomValidator{})),
	"Database":        of[apiv1.Database](&DatabaseCustomDefaulter{}, newBypassableValidator[*apiv1.Database](&DatabaseCustomValidator{})),
	"Pooler":          of[apiv1.Pooler](nil, newBypassableValidator[*apiv1.Pooler](&PoolerCustomValidator{})),
}

func of[T any, P interface {
	*T
	runtime.Object
}](defaulter admission.Defaulter[P], validator admission.Validator[P]) Webhooks {
	return Webhooks{
		New: func() runtime.Object { return P(new(T)) },
		Mutate: func(ctx context.Context, object runtime.Object) error {
			if defaulter == nil {
				return nil
			}
			return defaulter.Default(ctx, object.(P))
		},
		Create: func(ctx context.Context, object runtime.Object) (admission.Warnings, error) {
			return validator.ValidateCreate(ctx, object.(P))
		},
		Update: func(ctx context.Context, old, object runtime.Object) (admission.Warnings, error) {
			return validator.ValidateUpdate(ctx, old.(P), object.(P))
		},
	}
}
