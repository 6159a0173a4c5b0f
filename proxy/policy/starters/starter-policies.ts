import { DEFAULT_POLICY } from '../default-policy/default-policy.ts';
import { AGENT } from './agent.ts';
import { CI } from './ci.ts';
import { deployInto } from './deploy.ts';

/** A policy to begin with: documents that are written into a folder once, and are the owner's from then on. */
export interface StarterPolicy {
  readonly name: string;
  /** For whom it is, in one line. */
  readonly says: string;
  /** True where it has to be told into which namespaces it lets write. */
  readonly takesNamespaces: boolean;
  /** @param namespaces empty where it takes none. */
  files(namespaces: readonly string[]): readonly PolicyFile[];
}

export interface PolicyFile {
  readonly file: string;
  readonly text: string;
}

const CI_FILE: PolicyFile = { file: 'ci.yaml', text: CI };

/** By name, as `gatehouse policy init` lists them. */
export const STARTER_POLICIES: readonly StarterPolicy[] = [
  {
    name: 'default',
    says: 'the built-in policy, for an engineer: everyday work unasked, what is dangerous waits for a person',
    takesNamespaces: false,
    files: () => DEFAULT_POLICY,
  },
  {
    name: 'ci',
    says: 'a job that may only read; nothing waits, since nobody sits there',
    takesNamespaces: false,
    files: () => [CI_FILE],
  },
  {
    name: 'ci-deploy',
    says: 'a job that reads, and deploys into the namespaces that --namespace names; nothing waits',
    takesNamespaces: true,
    files: (namespaces) => [CI_FILE, { file: 'deploy.yaml', text: deployInto(namespaces) }],
  },
  {
    name: 'agent',
    says: 'a program that reads unasked, and whose every change a person confirms',
    takesNamespaces: false,
    files: () => [{ file: 'agent.yaml', text: AGENT }],
  },
];
