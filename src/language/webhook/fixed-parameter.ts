import { operatorValue } from '../admission/cluster-defaults.ts';
import type { Fix } from '../edits.ts';
import { addKey, fix, plainText, removeBranch, removeKey } from '../edits.ts';
import type { ManifestDocument } from '../manifest.ts';
import { placeOf } from '../manifest.ts';
import { isMap } from 'yaml';
import { clusterRule, ofValues, onKey, parameter } from './rule.ts';

/** Parameters that the operator keeps to itself. */
const fixed = new Set(
  `allow_system_table_mods archive_cleanup_command archive_command archive_mode bonjour bonjour_name cluster_name config_file
  data_directory data_sync_retry event_source external_pid_file hba_file hot_standby ident_file jit_provider listen_addresses
  log_destination log_directory log_file_mode log_filename log_rotation_age log_rotation_size log_truncate_on_rotation
  logging_collector pg_failover_slots.primary_dsn pg_failover_slots.standby_slot_names port primary_conninfo primary_slot_name
  promote_trigger_file recovery_end_command recovery_min_apply_delay recovery_target recovery_target_action
  recovery_target_inclusive recovery_target_lsn recovery_target_name recovery_target_time recovery_target_timeline
  recovery_target_xid restart_after_crash restore_command shared_preload_libraries ssl ssl_ca_file ssl_cert_file ssl_crl_file
  ssl_dh_params_file ssl_ecdh_curve ssl_key_file ssl_passphrase_command ssl_passphrase_command_supports_reload
  ssl_prefer_server_ciphers stats_temp_directory synchronized_standby_slots synchronous_standby_names syslog_facility
  syslog_ident syslog_sequence_numbers syslog_split_messages temp_tablespaces unix_socket_directories unix_socket_group
  unix_socket_permissions`.split(/\s+/),
);

export const isFixedParameter = (name: string): boolean => fixed.has(name);

/** What to use instead. */
const instead: Record<string, string> = {
  shared_preload_libraries: 'list libraries in spec.postgresql.shared_preload_libraries',
  synchronous_standby_names: 'describe synchronous replication in spec.postgresql.synchronous',
  temp_tablespaces: 'mark tablespaces in spec.tablespaces as temporary',
  archive_command: 'archive with a plugin in spec.plugins',
  recovery_min_apply_delay: 'delay a replica cluster by spec.replica.minApplyDelay',
  ssl_cert_file: 'name certificates in spec.certificates',
  ssl_key_file: 'name certificates in spec.certificates',
  ssl_ca_file: 'name certificates in spec.certificates',
};

export const fixedParameter = ofValues(
  clusterRule('fixed-parameter', ({ document, spec }) => {
    return Object.entries(spec.postgresql?.parameters ?? {})
      .filter(([name, value]) => isFixedParameter(name) && name !== 'archive_mode' && value !== operatorValue(name))
      .map(([name, value]) =>
        onKey(
          parameter(name),
          `The operator sets ${name} itself: remove it${name in instead ? `, and ${instead[name]}` : ''}.`,
          [
            ...(name === libraries ? moved(document, value) : []),
            ...fix(`Remove ${name}`, removeBranch(document, parameter(name))),
          ],
        ),
      );
  }),
);

const libraries = 'shared_preload_libraries';

/** From the parameter to the list of libraries, where the operator adds those that it needs. */
function moved(document: ManifestDocument, value: string): Fix[] {
  const names = value.split(',').map(name => name.replaceAll(/["'\s]/g, ''));
  const section = parameter(libraries).slice(0, 2);
  const parameters = placeOf(document, [...section, 'parameters'])?.value;
  const isOnly = isMap(parameters) && parameters.items.length === 1;
  return fix(
    `Move to spec.postgresql.${libraries}`,
    removeKey(document, isOnly ? [...section, 'parameters'] : parameter(libraries)),
    addKey(document, section, libraries, names.map(name => `\n  - ${plainText(name)}`).join('')),
  );
}
