import type { EventName, Payload, SignInQuestion } from '../preload/contract.ts';
import type { ReachWatch } from '../proxy/reach/reach-watch.ts';
import type { ApprovalNotifications } from './approvals/approval-notifications.ts';
import type { Clusters } from './clusters/clusters.ts';
import type { DemoCluster } from './clusters/demo-cluster.ts';
import type { GatewayService } from './gateway/gateway-service.ts';
import type { HostLog } from './log.ts';
import type { Recordings } from './recordings/recordings.ts';
import type { TerminalService } from './terminals/terminal-service.ts';
import type { Terminals } from './terminals/terminals.ts';
import type { Workspace } from './workspace/workspace.ts';

/** Of each service, what others hear of it and what it hears of others. */
export interface WiredServices {
  readonly gateway: Pick<GatewayService, 'events' | 'start' | 'stop'>;
  readonly demo: Pick<DemoCluster, 'events' | 'stop'>;
  readonly clusters: Pick<Clusters, 'events' | 'lost' | 'reconnectDemo'>;
  readonly reachWatch: Pick<ReachWatch, 'follow' | 'lookNow' | 'lookSoon' | 'forget' | 'recorded'>;
  readonly terminalService: Pick<TerminalService, 'events' | 'start' | 'stop'>;
  readonly terminals: Pick<
    Terminals,
    'events' | 'recorded' | 'exited' | 'prompted' | 'inFolder' | 'recordingFailed' | 'lost' | 'startOn'
  >;
  readonly workspace: Pick<Workspace, 'changed'>;
  readonly recordings: Pick<Recordings, 'list'>;
}

/** Who hears of the services beside themselves. */
export interface Hearers {
  /** Tells the page. */
  readonly tell: <Name extends EventName>(name: Name, payload: Payload<Name>) => void;
  readonly notifications: Pick<ApprovalNotifications, 'changed'>;
  /** Puts what a credential plugin asks before the person; null: it has ended. */
  readonly showSignIn: (question: SignInQuestion | null) => void;
  readonly log: Pick<HostLog, 'line'>;
}

/** Event by event, who hears of it, in this order. Nothing else ties one service to what another tells. */
export function wire(services: WiredServices, { tell, notifications, showSignIn, log }: Hearers): void {
  const { gateway, demo, clusters, reachWatch, terminalService, terminals, recordings, workspace } = services;
  const tellRecordings = () => {
    recordings.list().then(
      (entries) => tell('recordings.changed', entries),
      () => undefined,
    );
  };

  gateway.events
    .on('status', (status) => tell('gateway.changed', status))
    .on('status', ({ state }) => {
      // What it had found, and every credential that a plugin gave it, went with its process.
      if (state === 'running') reachWatch.lookSoon();
      else reachWatch.forget();
    })
    .on('clusterLost', (slug, reason) => clusters.lost(slug, reason))
    .on('records', (records) => tell('journal.appended', records))
    .on('records', (records) => {
      for (const record of records) terminals.recorded(record);
    })
    .on('records', (records) => reachWatch.recorded(records))
    .on('approval', (approval) => tell('approvals.changed', approval))
    .on('approval', (approval) => notifications.changed(approval))
    .on('policy', (state) => tell('policy.changed', state))
    .on('signIn', showSignIn)
    .on('streams', (streams) => tell('streams.changed', streams))
    // Most of them are recorded, from when they open.
    .on('streams', tellRecordings);

  demo.events.on('restarted', () => {
    clusters.reconnectDemo().catch((error) => log.line('the demo cluster could not be connected again', error));
  });

  clusters.events
    .on('changed', (entries) => tell('clusters.changed', entries))
    .on('changed', (entries) =>
      reachWatch.follow(entries.filter(({ state }) => state === 'connected').map(({ slug }) => slug)),
    )
    .on('changed', (entries) =>
      terminals.startOn(entries.filter(({ state }) => state === 'connected').map(({ slug }) => slug)),
    )
    .on('changed', () => workspace.changed())
    .on('connected', (slug) => {
      reachWatch.lookNow(slug, 'connecting').catch((error) => log.line(`${slug} could not be looked at`, error));
    });

  terminalService.events
    .on('state', (state) => {
      if (state === 'restarting' || state === 'failed') terminals.lost();
      // What a host that died was recording has been ended by now.
      else if (state === 'running') tellRecordings();
    })
    .on('exited', ({ id, code }) => terminals.exited(id, code))
    .on('exited', tellRecordings)
    .on('prompt', ({ id, kubeconfig }) => terminals.prompted(id, kubeconfig))
    .on('folder', ({ id, folder }) => terminals.inFolder(id, folder))
    .on('recordingFailed', ({ id, message }) => terminals.recordingFailed(id, message));

  let terminalCount = 0;
  terminals.events
    .on('changed', (entries) => tell('terminals.changed', entries))
    .on('changed', () => workspace.changed())
    .on('moved', () => workspace.changed())
    .on('changed', ({ length }) => {
      // A terminal more or less is a recording that starts or ends.
      if (length !== terminalCount) tellRecordings();
      terminalCount = length;
    });
}

/** Starts the hosts and waits for none. A failure is shown as the gateway's state, and in each call that needs what is down. */
export function startHosts(
  { gateway, terminalService }: Pick<WiredServices, 'gateway' | 'terminalService'>,
  log: Pick<HostLog, 'line'>,
): void {
  gateway.start().catch((error) => log.line('the gateway did not start', error));
  terminalService.start().catch((error) => log.line('the terminal host did not start', error));
}

/** Terminals end, waiting requests get a 503, the journal is closed; the cluster that they may speak to ends last. */
export async function stopHosts({
  gateway,
  terminalService,
  demo,
}: Pick<WiredServices, 'gateway' | 'terminalService' | 'demo'>): Promise<void> {
  await Promise.all([terminalService.stop(), gateway.stop()]);
  await demo.stop();
}
