import { readFile } from 'node:fs/promises';
import type { Session } from '../../model/principal.ts';
import type { GatewayLog } from '../gateway-log.ts';
import {
  AccessError,
  type AccessFiles,
  ensureParentFolder,
  filesOf,
  refuseForeignFiles,
  refuseForeignPairs,
  removeFiles,
  removePairs,
  sweepStaleFiles,
  sweepStalePairs,
} from './access-files.ts';
import { type ClientCertificate, issueClientCertificate } from './certificate-authority.ts';
import { CertificateBook } from './certificate-book.ts';
import { claimFiles, holdsClaim } from './claimed-files.ts';
import type { CertificateState, LiveCertificates } from './client-authentication.ts';
import { claimText, ownClaim } from './file-claim.ts';
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
  /** Of the gateway, for whoever finds its files. */
  readonly dataFolder: string;
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
  /** By the cluster that each is for; null is for all of them. */
  readonly certificates: Map<string | null, ClientCertificate>;
}

/**
 * Owns the client certificates that are live, and the files through which clients come by them. A session has one
 * certificate for each cluster, all of which are renewed and revoked together; the app's own screens have one for all.
 */
export class ClientAccessRegistry implements LiveCertificates {
  readonly #options: ClientAccessOptions;
  readonly #clock: Clock;
  readonly #open = new Map<string, OpenAccess>();
  readonly #book = new CertificateBook();
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
    return this.#book.find(fingerprint);
  }

  onRevoked(listener: (fingerprints: ReadonlySet<string>) => void): () => void {
    return this.#book.onRevoked(listener);
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
      const stays = known?.files.kubeconfig === files.kubeconfig;
      const access = stays ? known : await this.#prepare({ kind, id }, files);
      await this.#issueMissing(access);
      if (known !== undefined && !stays) await this.#forget(known);
      this.#supersede(access);
      this.#open.set(id, access);
      await this.#writeKubeconfig(access, choice);
      return { session: access.session, kubeconfig: files.kubeconfig };
    });
  }

  /** Revokes a session's certificates at once, then removes its files. Unknown ids are closed already. */
  close(id: string): Promise<void> {
    this.#book.revoke(({ principal }) => principal.session.id === id);
    return this.#inTurn(async () => {
      const access = this.#open.get(id);
      if (access === undefined) return;
      this.#open.delete(id);
      await this.#forget(access);
    });
  }

  /** Rewrites every kubeconfig for the clusters that are connected now; what their readers chose stays. */
  refresh(): Promise<void> {
    return this.#inTurn(async () => {
      for (const access of this.#open.values()) {
        await this.#issueMissing(access);
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

  async #prepare(session: Session, files: AccessFiles): Promise<OpenAccess> {
    await refuseForeignFiles(files, this.#certificatesOf(session));
    await ensureParentFolder(files.kubeconfig);
    if (files.isClaimed) await claimFiles(files, this.#authorityText(files));
    await sweepStalePairs(files);
    if (!files.isClaimed) await writePrivateFile(files.authority, this.#authorityText(files));
    return { session, files, certificates: new Map() };
  }

  #authorityText({ isClaimed }: AccessFiles): string {
    const { authority, dataFolder, url } = this.#options;
    return isClaimed
      ? claimText(ownClaim(url(), dataFolder), authority.certificate)
      : `${MARKER}\n${authority.certificate}`;
  }

  /**
   * What somebody removed is claimed anew.
   * @throws {AccessError} `file-in-use`: another gateway has it.
   */
  async #keepClaim({ files }: OpenAccess): Promise<void> {
    if (files.isClaimed) await claimFiles(files, this.#authorityText(files));
  }

  /** The certificates that a session must have now. */
  #certificatesOf({ kind }: Session): ReadonlyArray<string | null> {
    return kind === 'app' ? [null] : this.#options.clusters().map(({ slug }) => slug);
  }

  /** A cluster that was connected since gets a certificate too. */
  async #issueMissing(access: OpenAccess): Promise<void> {
    const missing = this.#certificatesOf(access.session).filter((cluster) => !access.certificates.has(cluster));
    await refuseForeignPairs(access.files, missing);
    await this.#issue(access, missing);
  }

  /** All are made before the first file is written, so that the files of a session change in one go. */
  async #issue({ session, files, certificates }: OpenAccess, clusters: ReadonlyArray<string | null>): Promise<void> {
    const { authority } = this.#options;
    const principal = { ...this.#options.principal, session };
    const way = { principal, now: this.#clock.now(), lifetime: LIFETIME };
    const issued = await Promise.all(
      clusters.map(async (cluster) => ({
        cluster,
        certificate: await issueClientCertificate(authority, { ...way, cluster }),
      })),
    );
    for (const { cluster, certificate } of issued) {
      const pair = files.pairOf(cluster);
      await writePrivateFile(pair.key, `${MARKER}\n${certificate.privateKey}`);
      await writePrivateFile(pair.certificate, `${MARKER}\n${certificate.certificate}`);
      this.#book.enter(certificate, { principal, cluster, kubeconfig: files.kubeconfig });
      certificates.set(cluster, certificate);
    }
  }

  async #writeKubeconfig({ session, files, certificates }: OpenAccess, choice: Choice): Promise<void> {
    await this.#keepClaim({ session, files, certificates });
    const { url, clusters } = this.#options;
    const text = gatewayKubeconfig({
      url: url(),
      authorityFile: files.authority,
      users: this.#certificatesOf(session).map((cluster) => ({ cluster, ...files.pairOf(cluster) })),
      clusters: clusters(),
      choice,
    });
    await writePrivateFile(files.kubeconfig, text);
  }

  /** One file leads in one session: whoever had this one before is closed. */
  #supersede({ session, files }: OpenAccess): void {
    for (const [id, other] of this.#open) {
      if (id === session.id || other.files.kubeconfig !== files.kubeconfig) continue;
      this.#book.revoke(({ principal }) => principal.session.id === id);
      this.#open.delete(id);
    }
  }

  async #forget({ session, files, certificates }: OpenAccess): Promise<void> {
    this.#book.revoke(
      ({ principal, kubeconfig }) => principal.session.id === session.id && kubeconfig === files.kubeconfig,
    );
    if (await holdsClaim(files, this.#authorityText(files))) await removeFiles(files, [...certificates.keys()]);
  }

  async #renewDue(): Promise<void> {
    const now = this.#clock.now();
    this.#book.expire(now);
    for (const [id, access] of this.#open) {
      const first = Math.min(...[...access.certificates.values()].map(({ notAfter }) => notAfter.getTime()));
      if (now < first - LIFETIME * (1 - RENEW_AT)) continue;
      try {
        await this.#keepClaim(access);
        await this.#issue(access, this.#certificatesOf(access.session));
        await this.#dropGone(access);
      } catch (error) {
        this.#options.log.warn(
          { event: 'certificate-unrenewed', error, session: id },
          'A client certificate could not be renewed; trying again soon',
        );
      }
    }
  }

  /** What is for a cluster that is gone runs out, and comes anew with the cluster. */
  async #dropGone({ session, files, certificates }: OpenAccess): Promise<void> {
    const wanted = new Set(this.#certificatesOf(session));
    const gone = [...certificates.keys()].filter((cluster) => !wanted.has(cluster));
    for (const cluster of gone) certificates.delete(cluster);
    await removePairs(files, gone);
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
