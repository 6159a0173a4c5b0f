import { readFile } from 'node:fs/promises';
import type { Principal, Session } from '../../model/principal.ts';
import type { GatewayLog } from '../gateway-log.ts';
import {
  AccessError,
  type AccessFiles,
  ensureParentFolder,
  filesOf,
  refuseForeignFiles,
  removeFiles,
  sweepStaleFiles,
} from './access-files.ts';
import { type ClientCertificate, issueClientCertificate } from './certificate-authority.ts';
import type { CertificateState, LiveCertificates } from './client-authentication.ts';
import { type Choice, choiceIn, gatewayKubeconfig, MARKER, type ServedCluster } from './gateway-kubeconfig.ts';
import type { KeyPair } from './key-pair.ts';
import { ensurePrivateFolder, writePrivateFile } from './private-file.ts';
import type { AccessRequest, ClientAccess } from './session-access.ts';

/** Time as the registry sees it; replaced in tests. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls back now and then; returns how to stop it. */
  everyMinute(callback: () => void): () => void;
}

export interface ClientAccessOptions {
  readonly authority: KeyPair;
  readonly principal: { readonly user: string; readonly groups: readonly string[] };
  /** Where files go unless `writeTo` says otherwise; 0700. */
  readonly folder: string;
  /** The listener's address. */
  readonly url: () => string;
  readonly clusters: () => readonly ServedCluster[];
  readonly log: GatewayLog;
  readonly clock?: Clock;
}

const LIFETIME = 24 * 3_600_000;
/** A certificate is renewed when this part of its life is over. */
const RENEW_AT = 2 / 3;
const SESSION_ID = /^[A-Za-z0-9_-]{1,64}$/;
interface OpenAccess {
  readonly session: Session;
  readonly files: AccessFiles;
  certificate: ClientCertificate;
}

/**
 * Owns the client certificates that are live, and the files through which clients come by them. Everything is in
 * memory: what a former gateway process left on disk opens nothing.
 */
export class ClientAccessRegistry implements LiveCertificates {
  readonly #options: ClientAccessOptions;
  readonly #clock: Clock;
  readonly #open = new Map<string, OpenAccess>();
  /** By fingerprint. A renewed certificate stays good until it expires: clients under way still hold it. */
  readonly #certificates = new Map<
    string,
    { readonly id: string; readonly notAfter: Date; readonly principal: Principal }
  >();
  readonly #revoked = new Map<string, Date>();
  readonly #listeners = new Set<(fingerprints: ReadonlySet<string>) => void>();
  readonly #stopRenewing: () => void;
  /** Changes of files, one after the other. */
  #queue: Promise<unknown> = Promise.resolve();

  /** Makes the folder private and sweeps out what a former process left in it. */
  static async start(options: ClientAccessOptions): Promise<ClientAccessRegistry> {
    await ensurePrivateFolder(options.folder);
    await sweepStaleFiles(options.folder);
    return new ClientAccessRegistry(options);
  }

  private constructor(options: ClientAccessOptions) {
    this.#options = options;
    this.#clock = options.clock ?? SYSTEM_CLOCK;
    this.#stopRenewing = this.#clock.everyMinute(() => void this.#inTurn(() => this.#renewDue()));
  }

  find(fingerprint: string): CertificateState {
    const live = this.#certificates.get(fingerprint);
    if (live !== undefined) return { state: 'live', principal: live.principal, notAfter: live.notAfter };
    return { state: this.#revoked.has(fingerprint) ? 'revoked' : 'unknown' };
  }

  onRevoked(listener: (fingerprints: ReadonlySet<string>) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Opens a session's way in, or rewrites its kubeconfig when it is open already.
   * @throws {AccessError}
   */
  open(request: AccessRequest): Promise<ClientAccess> {
    return this.#inTurn(async () => {
      const { kind, id } = request;
      if (!SESSION_ID.test(id)) {
        throw new AccessError('session-id-invalid', 'A session id is 1 to 64 letters, digits, "-" and "_"');
      }
      const known = this.#open.get(id);
      if (known !== undefined && known.session.kind !== kind) {
        throw new AccessError('session-kind-differs', `Session "${id}" is open already, as ${known.session.kind}`);
      }
      const choice = this.#choice(request, await chosenIn(known?.files.kubeconfig));
      const files = filesOf(request, this.#options.folder);
      if (known?.files.kubeconfig !== files.kubeconfig) await refuseForeignFiles(files);
      const access = known?.files.kubeconfig === files.kubeconfig ? known : await this.#issue({ kind, id }, files);
      if (access !== known && known !== undefined) await this.#forget(known);
      this.#supersede(access);
      this.#open.set(id, access);
      await this.#writeKubeconfig(access, choice);
      return { session: access.session, kubeconfig: files.kubeconfig };
    });
  }

  /** Revokes a session's certificates at once, then removes its files. Unknown ids are closed already. */
  close(id: string): Promise<void> {
    this.#revoke(id);
    return this.#inTurn(async () => {
      const access = this.#open.get(id);
      if (access === undefined) return;
      // One that was being opened meanwhile.
      this.#revoke(id);
      this.#open.delete(id);
      await removeFiles(access.files);
    });
  }

  /** Rewrites every kubeconfig for the clusters that are connected now; what their readers chose stays. */
  refresh(): Promise<void> {
    return this.#inTurn(async () => {
      for (const access of this.#open.values()) {
        await this.#writeKubeconfig(access, await chosenIn(access.files.kubeconfig));
      }
    });
  }

  /** Closes every session. */
  async stop(): Promise<void> {
    this.#stopRenewing();
    await Promise.all([...this.#open.keys()].map((id) => this.close(id)));
    await this.#queue;
  }

  #choice({ cluster, namespace }: AccessRequest, before: Choice): Choice {
    if (cluster === null) return before;
    const served = this.#options.clusters().find(({ slug }) => slug === cluster);
    if (served === undefined) {
      throw new AccessError('cluster-not-connected', `Cluster "${cluster}" is not connected; connect it first`);
    }
    const namespaces = new Map(before.namespaces);
    if (namespace !== null) namespaces.set(served.contextName, namespace);
    return { currentContext: served.contextName, namespaces };
  }

  async #issue(session: Session, files: AccessFiles): Promise<OpenAccess> {
    const principal: Principal = { ...this.#options.principal, session };
    const certificate = await issueClientCertificate(this.#options.authority, {
      principal,
      now: this.#clock.now(),
      lifetime: LIFETIME,
    });
    await ensureParentFolder(files.kubeconfig);
    await writePrivateFile(files.authority, `${MARKER}\n${this.#options.authority.certificate}`);
    await writePrivateFile(files.key, `${MARKER}\n${certificate.privateKey}`);
    await writePrivateFile(files.certificate, `${MARKER}\n${certificate.certificate}`);
    const { fingerprint, notAfter } = certificate;
    this.#certificates.set(fingerprint, { id: session.id, notAfter, principal });
    return { session, files, certificate };
  }

  async #writeKubeconfig({ files }: OpenAccess, choice: Choice): Promise<void> {
    const { url, clusters } = this.#options;
    const text = gatewayKubeconfig({
      url: url(),
      authorityFile: files.authority,
      certificateFile: files.certificate,
      keyFile: files.key,
      clusters: clusters(),
      choice,
    });
    await writePrivateFile(files.kubeconfig, text);
  }

  /** One file leads in one session: whoever had this one before is closed. */
  #supersede({ session, files }: OpenAccess): void {
    for (const [id, other] of this.#open) {
      if (id === session.id || other.files.kubeconfig !== files.kubeconfig) continue;
      this.#revoke(id);
      this.#open.delete(id);
    }
  }

  async #forget(access: OpenAccess): Promise<void> {
    this.#revokeCertificates([access.certificate.fingerprint]);
    await removeFiles(access.files);
  }

  #revoke(id: string): void {
    this.#revokeCertificates([...this.#certificates].filter(([, live]) => live.id === id).map(([key]) => key));
  }

  #revokeCertificates(fingerprints: readonly string[]): void {
    if (fingerprints.length === 0) return;
    for (const fingerprint of fingerprints) {
      this.#revoked.set(fingerprint, this.#certificates.get(fingerprint)?.notAfter ?? new Date(this.#clock.now()));
      this.#certificates.delete(fingerprint);
    }
    for (const listener of this.#listeners) listener(new Set(fingerprints));
  }

  async #renewDue(): Promise<void> {
    const now = this.#clock.now();
    for (const [fingerprint, { notAfter }] of this.#certificates) {
      if (notAfter.getTime() <= now) this.#certificates.delete(fingerprint);
    }
    for (const [fingerprint, notAfter] of this.#revoked) {
      if (notAfter.getTime() <= now) this.#revoked.delete(fingerprint);
    }
    for (const [id, access] of this.#open) {
      const { notAfter } = access.certificate;
      if (now < notAfter.getTime() - LIFETIME * (1 - RENEW_AT)) continue;
      try {
        this.#open.set(id, await this.#issue(access.session, access.files));
      } catch (error) {
        this.#options.log.warn({ error, session: id }, 'A client certificate could not be renewed; trying again soon');
      }
    }
  }

  #inTurn<T>(change: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(change);
    this.#queue = result.catch(() => undefined);
    return result;
  }
}

/** A minute is far below the eight hours that are left, also for a laptop that wakes up after a weekend. */
const SYSTEM_CLOCK: Clock = {
  now: () => Date.now(),
  everyMinute: (callback) => {
    const timer = setInterval(callback, 60_000);
    timer.unref();
    return () => clearInterval(timer);
  },
};

async function chosenIn(path: string | undefined): Promise<Choice> {
  const text = path === undefined ? '' : await readFile(path, 'utf8').catch(() => '');
  return choiceIn(text);
}
