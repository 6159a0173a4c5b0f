import type { CallHandlers, EventName, Payload, Settings } from '../../preload/contract.ts';
import { appCalls, type CalledApp } from '../app/calls.ts';
import { approvalsCalls, type CalledApprovals, type SeenApprovals } from '../approvals/calls.ts';
import type { Caller } from '../caller.ts';
import { type CalledClusters, clustersCalls } from '../clusters/calls.ts';
import { type CalledGateway, gatewayCalls } from '../gateway/calls.ts';
import { type CalledRecordings, recordingsCalls } from '../recordings/calls.ts';
import { type CalledSecrets, secretsCalls } from '../secrets/calls.ts';
import { type ConfirmSettings, settingsCalls } from '../settings/calls.ts';
import type { SettingsStore } from '../settings/settings-store.ts';
import { type CalledTerminals, terminalsCalls } from '../terminals/calls.ts';
import { type CalledWorkspace, workspaceCalls } from '../workspace/calls.ts';

/** Of the services, what calls are answered with: each domain names its part. */
export type CalledServices = CalledGateway &
  CalledClusters &
  CalledTerminals &
  CalledWorkspace &
  CalledSecrets &
  CalledApprovals &
  CalledRecordings;

export interface CallHandlersOptions extends CalledApp, SeenApprovals {
  readonly settings: Pick<SettingsStore, 'read' | 'write'>;
  readonly services: Promise<CalledServices>;
  readonly tell: <Name extends EventName>(name: Name, payload: Payload<Name>) => void;
  /** Puts something to the person, in a dialog of the system's. */
  readonly confirm: ConfirmSettings;
  readonly followTheme: (theme: Settings['theme']) => void;
  /** The system's own dialog; none where it was cancelled. */
  readonly chooseKubeconfigs: () => Promise<readonly string[]>;
  /** Opens the window in which the person confirms a change of the policy, or brings it to the front. */
  readonly reviewPolicy: () => void;
  /** Keeps the window out of screenshots and screen sharing for a while. */
  readonly protectContent: (milliseconds: number) => void;
}

/** Every call of the contract, from its domain: a call that no domain answers does not compile. */
export function callHandlers(options: CallHandlersOptions): CallHandlers<string, Caller> {
  const { settings, services, tell, followTheme, protectContent } = options;
  const readSettings = () => settings.read();
  const changeSettings = (change: Partial<Settings>): Settings => {
    const changed = settings.write(change);
    followTheme(changed.theme);
    tell('settings.changed', changed);
    return changed;
  };
  const states = {
    gatewayProblem: async () => (await services).gateway.status().problem,
    diagnosed: async () => {
      const { gateway, clusters } = await services;
      const policy = await gateway.call('policy', undefined).catch(() => null);
      return { gateway: gateway.status(), policy, clusters: clusters.entries() };
    },
  };

  return {
    ...appCalls(options, states),
    ...settingsCalls({ readSettings, changeSettings, confirm: options.confirm }),
    ...gatewayCalls(services, options),
    ...clustersCalls({ ...options, readSettings, changeSettings }),
    ...terminalsCalls(services),
    ...workspaceCalls(services),
    ...secretsCalls(services, protectContent),
    ...approvalsCalls(services, options),
    ...recordingsCalls(services),
  };
}
