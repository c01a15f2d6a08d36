/** Words for yes and no. */

/** As Go reads them, in annotations. Source: https://pkg.go.dev/strconv#ParseBool */
export function parseBoolean(text: string): boolean | undefined {
  if (/^(1|t|T|TRUE|true|True)$/.test(text)) return true;
  return /^(0|f|F|FALSE|false|False)$/.test(text) ? false : undefined;
}

/** As the operator reads PostgreSQL's: any beginning of a word that is clear, in any case. */
export function postgresBoolean(text: string): boolean | undefined {
  if (/^(1|on|y|ye|yes|t|tr|tru|true)$/i.test(text)) return true;
  return /^(0|of|off|n|no|f|fa|fal|fals|false)$/i.test(text) ? false : undefined;
}
