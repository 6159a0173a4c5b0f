import type { Principal } from '../../model/principal.ts';
import type { ClientCertificate } from './certificate-authority.ts';
import type { CertificateState, LiveCertificates } from './client-authentication.ts';

/** Whose a live certificate is. */
export interface CertificateHolder {
  readonly principal: Principal;
  /** The one cluster that it opens; null where it opens each. */
  readonly cluster: string | null;
  /** The kubeconfig that leads to it. */
  readonly kubeconfig: string;
}

interface Entry extends CertificateHolder {
  readonly notAfter: Date;
}

/**
 * The client certificates that are live, by fingerprint, and those that were revoked. In memory alone: what a former process
 * left on disk opens nothing. A renewed certificate stays good until it expires, since clients under way still hold it.
 */
export class CertificateBook implements LiveCertificates {
  readonly #live = new Map<string, Entry>();
  readonly #revoked = new Map<string, Date>();
  readonly #listeners = new Set<(fingerprints: ReadonlySet<string>) => void>();

  find(fingerprint: string): CertificateState {
    const live = this.#live.get(fingerprint);
    if (live !== undefined) {
      return { state: 'live', principal: live.principal, cluster: live.cluster, notAfter: live.notAfter };
    }
    return { state: this.#revoked.has(fingerprint) ? 'revoked' : 'unknown' };
  }

  onRevoked(listener: (fingerprints: ReadonlySet<string>) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  enter({ fingerprint, notAfter }: ClientCertificate, holder: CertificateHolder): void {
    this.#live.set(fingerprint, { ...holder, notAfter });
  }

  /** Revokes all that this says of, at once: renewed ones, and those for other clusters, among them. */
  revoke(isMeant: (holder: CertificateHolder) => boolean): void {
    const meant = [...this.#live].filter(([, entry]) => isMeant(entry));
    if (meant.length === 0) return;
    for (const [fingerprint, { notAfter }] of meant) {
      this.#revoked.set(fingerprint, notAfter);
      this.#live.delete(fingerprint);
    }
    const fingerprints = new Set(meant.map(([fingerprint]) => fingerprint));
    for (const listener of this.#listeners) listener(fingerprints);
  }

  /** Forgets what has expired. */
  expire(now: number): void {
    for (const [fingerprint, { notAfter }] of this.#live) {
      if (notAfter.getTime() <= now) this.#live.delete(fingerprint);
    }
    for (const [fingerprint, notAfter] of this.#revoked) {
      if (notAfter.getTime() <= now) this.#revoked.delete(fingerprint);
    }
  }
}
