import { z } from 'zod';
import { isBase64 } from './plain-scalar.ts';

/*
 * The entries of a kubeconfig as client-go decodes them (client-go tools/clientcmd/api/v1/types.go): null and what is
 * missing are the same as empty, fields that are not known are passed over, and a field of another kind is an error. The
 * fields that the gateway makes nothing of are here for that error, which costs kubectl the whole file.
 */

const text = z
  .string()
  .nullish()
  .transform((value) => value || null);
const name = z
  .string()
  .nullish()
  .transform((value) => value ?? '');
const flag = z
  .boolean()
  .nullish()
  .transform((value) => value ?? false);
/** Bytes in base64, as one would write them oneself: Go passes over line breaks and loose bits at the end. */
const data = z
  .string()
  .refine(isBase64, 'base64')
  .nullish()
  .transform((value) => Buffer.from(value ?? '', 'base64').toString('base64') || null);

function list<T extends z.ZodType>(item: T) {
  return z
    .array(item)
    .nullish()
    .transform((value) => value ?? []);
}

/** Fields of which none need be there; null stands for an object without any. */
function fields<T extends z.ZodRawShape>(shape: T) {
  return z.preprocess((value) => value ?? {}, z.object(shape));
}

const extensions = list(fields({ name, extension: z.unknown().optional() }))
  .refine(haveDifferentNames, 'names')
  .transform((entries) => [...new Map(entries.map((entry) => [entry.name, entry])).values()]);

/** An extension of nothing takes nobody's name (`clientcmd/api/v1/conversion.go`). */
function haveDifferentNames(entries: ReadonlyArray<{ readonly name: string; readonly extension?: unknown }>): boolean {
  const taken = new Set<string>();
  return entries.every(({ name, extension }) => {
    const free = !taken.has(name);
    if (extension != null) taken.add(name);
    return free;
  });
}

const execSchema = z
  .object({
    apiVersion: text,
    command: text,
    args: list(name),
    env: list(fields({ name, value: name })),
    installHint: text,
    interactiveMode: text,
    provideClusterInfo: flag,
  })
  // Older versions say nothing of it (clientcmd/api/v1/defaults.go).
  .transform((exec) => ({
    ...exec,
    interactiveMode:
      exec.interactiveMode ?? (/\/v1(?:alpha|beta)1$/.test(exec.apiVersion ?? '') ? 'IfAvailable' : null),
  }));

const authProviderSchema = z.object({
  name: text,
  config: z
    .record(z.string(), name)
    .nullish()
    .transform((config) => config ?? {}),
});

export const clusterSchema = fields({
  server: text,
  'certificate-authority': text,
  'certificate-authority-data': data,
  'insecure-skip-tls-verify': flag,
  'tls-server-name': text,
  'proxy-url': text,
  'disable-compression': flag,
  extensions,
});

export const userSchema = fields({
  'client-certificate': text,
  'client-certificate-data': data,
  'client-key': text,
  'client-key-data': data,
  token: text,
  tokenFile: text,
  username: text,
  password: text,
  as: text,
  'as-uid': text,
  'as-groups': list(name),
  'as-user-extra': z.record(z.string(), list(name)).nullish(),
  'auth-provider': authProviderSchema.nullish(),
  exec: execSchema.nullish(),
  extensions,
});

export const contextSchema = fields({ cluster: text, user: text, namespace: text, extensions });

/** What a kubeconfig has besides its lists. */
export const FILE_FIELDS = {
  'current-context': text,
  preferences: fields({ colors: flag, extensions }),
  extensions,
} as const;

export type ExecPlugin = z.infer<typeof execSchema>;
export type AuthProvider = z.infer<typeof authProviderSchema>;

/** What one complaint of a schema means, to follow the name of the field. */
export function complaintOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'custom') {
    return issue.message === 'names' ? 'has the same name twice' : 'is not base64';
  }
  const expected = issue.code === 'invalid_type' ? issue.expected : null;
  switch (expected) {
    case 'string':
      return 'must be text; a number, and words such as yes and no, need quotes';
    case 'boolean':
      return 'must be true or false, without quotes';
    case 'array':
      return 'must be a list';
    default:
      return 'must be a map of fields';
  }
}
