package v1

import (
	"context"

	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"

	apiv1 "github.com/cloudnative-pg/cloudnative-pg/api/v1"
)

// Kinds are those that have webhooks.
var Kinds = map[string]Webhooks{
	"Cluster":         of[apiv1.Cluster](&ClusterCustomDefaulter{}, &ClusterCustomValidator{}),
	"Backup":          of[apiv1.Backup](&BackupCustomDefaulter{}, &BackupCustomValidator{}),
	"ScheduledBackup": of[apiv1.ScheduledBackup](&ScheduledBackupCustomDefaulter{}, &ScheduledBackupCustomValidator{}),
	"Database":        of[apiv1.Database](&DatabaseCustomDefaulter{}, &DatabaseCustomValidator{}),
	"Pooler":          of[apiv1.Pooler](nil, &PoolerCustomValidator{}),
}

func of[T any, P interface {
	*T
	runtime.Object
}](defaulter admission.CustomDefaulter, inner admission.CustomValidator) Webhooks {
	validator := newBypassableValidator(inner)
	return Webhooks{
		New: func() runtime.Object { return P(new(T)) },
		Mutate: func(ctx context.Context, object runtime.Object) error {
			if defaulter == nil {
				return nil
			}
			return defaulter.Default(ctx, object)
		},
		Create: validator.ValidateCreate,
		Update: validator.ValidateUpdate,
	}
}
