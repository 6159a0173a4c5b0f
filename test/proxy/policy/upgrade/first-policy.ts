import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, 'fixtures/first-policy');

/** The files that the first version of Gatehouse wrote into a policy folder: what its users have. */
export const FIRST_POLICY: ReadonlyMap<string, string> = new Map(
  readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
);

/** What the present version has beyond those, and had from early on. */
export const NEW_SINCE_FIRST = [
  'everyday/inline-credentials-masked',
  'everyday/namespaces',
  'confirm/acting-as-another',
  'never/act-as-privileged',
];

export function firstPolicy(file: 'everyday.yaml' | 'confirm.yaml' | 'never.yaml'): string {
  return FIRST_POLICY.get(file) ?? '';
}
