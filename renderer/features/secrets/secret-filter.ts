import type { SecretEntry } from '../../../preload/contract.ts';

/** Secrets in whose name, namespace, type, keys or owners each typed word occurs. */
export function filterSecrets(secrets: readonly SecretEntry[], typed: string): readonly SecretEntry[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return secrets;
  return secrets.filter((secret) => {
    const text = [secret.name, secret.namespace, secret.type, ...secret.keys, ...secret.owners]
      .join('\n')
      .toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
