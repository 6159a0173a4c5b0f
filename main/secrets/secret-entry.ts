import { z } from 'zod';
import type { SecretEntry } from '../../preload/contract.ts';

const owner = z.object({ kind: z.string(), name: z.string() });
const secretShape = z.object({
  metadata: z.object({
    name: z.string(),
    namespace: z.string().default(''),
    creationTimestamp: z.string().nullish(),
    ownerReferences: z.array(owner).nullish(),
  }),
  type: z.string().default('Opaque'),
  // Only the keys are kept: what the values are, masked or not, is never looked at here.
  data: z.record(z.string(), z.unknown()).nullish(),
  immutable: z.boolean().nullish(),
});

/** A page of a list of the Kubernetes API. */
export const pageShape = z.object({
  metadata: z.object({ continue: z.string().optional() }).optional(),
  items: z.array(z.unknown()).nullish(),
});

/**
 * A Secret as the screen may know it: its keys, without values, masks or their lengths.
 * @throws {z.ZodError} when the object is none; nothing of it is shown then.
 */
export function toSecretEntry(object: unknown): SecretEntry {
  const { metadata, type, data, immutable } = secretShape.parse(object);
  return {
    namespace: metadata.namespace,
    name: metadata.name,
    type,
    keys: Object.keys(data ?? {}).sort(),
    createdAt: metadata.creationTimestamp ?? '',
    owners: (metadata.ownerReferences ?? []).map(({ kind, name }) => `${kind}/${name}`),
    immutable: immutable ?? false,
  };
}
