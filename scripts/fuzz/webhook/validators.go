package v1

import (
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"

	apiv1 "github.com/cloudnative-pg/cloudnative-pg/api/v1"
)

// Validators are those that the manager registers.
var Validators = struct {
	Cluster         admission.Validator[*apiv1.Cluster]
	Backup          admission.Validator[*apiv1.Backup]
	ScheduledBackup admission.Validator[*apiv1.ScheduledBackup]
	Database        admission.Validator[*apiv1.Database]
	Pooler          admission.Validator[*apiv1.Pooler]
}{
	newBypassableValidator[*apiv1.Cluster](&ClusterCustomValidator{}),
	newBypassableValidator[*apiv1.Backup](&BackupCustomValidator{}),
	newBypassableValidator[*apiv1.ScheduledBackup](&ScheduledBackupCustomValidator{}),
	newBypassableValidator[*apiv1.Database](&DatabaseCustomValidator{}),
	newBypassableValidator[*apiv1.Pooler](&PoolerCustomValidator{}),
}
