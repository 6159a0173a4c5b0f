import { z } from 'zod';
import { Fault, faultIn, plainValue, readKubeconfigYaml, YamlError } from './kubeconfig-yaml.ts';

/** What a credential plugin gave (client-go credential plugins, `client.authentication.k8s.io`). */
export interface ExecCredential {
  readonly token: string | null;
  readonly certificate: string | null;
  readonly key: string | null;
  /** Milliseconds since the epoch; null keeps it until the API server rejects it. */
  readonly expires: number | null;
}

/** What is wrong with a plugin's output, to follow the plugin's name. Quotes nothing of the output. */
export class ExecCredentialError extends Error {
  override readonly name = 'ExecCredentialError';
}

/** A missing field, null and an empty text are the same to Go. */
const text = z
  .string()
  .nullish()
  .transform((value) => value || null);

/** Go's `time.RFC3339`. */
const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:\d\d)$/;

const outputSchema = z.object({
  kind: z.literal('ExecCredential'),
  apiVersion: z.string(),
  status: z
    .object({
      token: text,
      clientCertificateData: text,
      clientKeyData: text,
      expirationTimestamp: z
        .string()
        .regex(RFC_3339)
        .transform((value) => Date.parse(value.replace(',', '.')))
        .refine((time) => !Number.isNaN(time))
        .nullish(),
    })
    .nullish(),
});

/** Go's zero time, which is no time. */
const NEVER = Date.parse('0001-01-01T00:00:00Z');

/**
 * The credential in a plugin's output, as client-go reads it (`plugin/pkg/client/auth/exec`): JSON or YAML.
 * @throws {ExecCredentialError}
 */
export function readExecCredential(output: string, apiVersion: string): ExecCredential {
  const read = outputSchema.safeParse(valueIn(output));
  if (!read.success) {
    throw new ExecCredentialError(
      `printed an ExecCredential without a valid "${read.error.issues[0]?.path.join('.')}"`,
    );
  }
  if (read.data.apiVersion !== apiVersion) {
    throw new ExecCredentialError(`answered in another apiVersion than the kubeconfig asks for (${apiVersion})`);
  }
  if (!read.data.status) throw new ExecCredentialError('printed an ExecCredential without a status');
  const { token, clientCertificateData: certificate, clientKeyData: key, expirationTimestamp } = read.data.status;
  if ((certificate === null) !== (key === null)) {
    throw new ExecCredentialError('printed a client certificate or a key without the other');
  }
  if (token === null && certificate === null) {
    throw new ExecCredentialError('printed neither a token nor a client certificate');
  }
  const expires = expirationTimestamp ?? null;
  return { token, certificate, key, expires: expires === NEVER ? null : expires };
}

function valueIn(output: string): unknown {
  try {
    return JSON.parse(output);
  } catch {
    // The parser's own message would quote the output.
  }
  try {
    const located = readKubeconfigYaml(output);
    if (!(located.value instanceof Fault) && located.value instanceof Map && faultIn(located) === null) {
      return plainValue(located);
    }
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
  }
  throw new ExecCredentialError('printed neither JSON nor YAML');
}
