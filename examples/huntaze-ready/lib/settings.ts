/** The names among `names` that are not set. */
export function missingSettings(names: string[]): string[] {
  return names.filter((name) => !process.env[name]);
}
