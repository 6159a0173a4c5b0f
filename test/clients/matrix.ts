import { startControlPlane } from '../cluster/control-plane/start-control-plane.ts';
import { startDemo } from '../gateway/environment/demo.ts';
import type { TestedCluster } from '../gateway/environment/tested-cluster.ts';
import { BothSides } from './both-sides.ts';
import { ACCESS } from './steps/access.ts';
import { HELM } from './steps/helm.ts';
import { PODS } from './steps/pods.ts';
import { READING } from './steps/reading.ts';
import { ROLLOUTS } from './steps/rollouts.ts';
import { SECRETS } from './steps/secrets.ts';
import type { Step } from './steps/step.ts';
import { WRITING } from './steps/writing.ts';
import { type Column, LEGEND, tableOf, unexpected } from './table.ts';

/** A client that is to be compared. */
export interface MatrixClient {
  readonly name: string;
  readonly path: string | null;
  readonly version: string;
  readonly skipped: string | null;
}

export interface MatrixOptions {
  readonly cluster: 'demo' | 'real';
  readonly kubectl: readonly MatrixClient[];
  readonly helm: readonly MatrixClient[];
  /** Programs that do their steps by themselves. */
  readonly libraries: ReadonlyArray<MatrixClient & { readonly command: readonly string[] }>;
  /** Only steps whose name holds one of these. */
  readonly only: readonly string[];
  readonly onProgress: (text: string) => void;
}

const KUBECTL: readonly Step[] = [...READING, ...WRITING, ...SECRETS, ...PODS, ...ROLLOUTS, ...ACCESS];

/**
 * Runs every client on both sides of a gateway.
 * @returns the tables to print, and how many steps came out as they should not.
 */
export async function runMatrix(
  options: MatrixOptions,
): Promise<{ readonly text: string; readonly unexpected: number }> {
  const sides = await BothSides.start(await startCluster(options.cluster));
  const wanted = (steps: readonly Step[]): readonly Step[] =>
    options.only.length === 0 ? steps : steps.filter(({ name }) => options.only.some((part) => name.includes(part)));
  try {
    const groups = [
      { title: 'kubectl', clients: options.kubectl, steps: wanted(KUBECTL) },
      { title: 'helm', clients: options.helm, steps: wanted(HELM) },
    ];
    const tables: string[] = [];
    let count = 0;
    for (const { title, clients, steps } of groups) {
      if (clients.length === 0) continue;
      const columns: Column[] = [];
      for (const client of clients) columns.push(await column(sides, client, steps, options.onProgress));
      const names = [...new Set(columns.flatMap(({ results }) => [...results.keys()]))];
      tables.push(tableOf(title, names, columns));
      count += unexpected(columns);
    }
    const libraries: Column[] = [];
    for (const library of options.libraries) libraries.push(await libraryColumn(sides, library, options.onProgress));
    if (libraries.length > 0) {
      const names = [...new Set(libraries.flatMap(({ results }) => [...results.keys()]))];
      tables.push(tableOf('libraries', names, libraries));
      count += unexpected(libraries);
    }
    return { text: [...tables, LEGEND].join('\n\n'), unexpected: count };
  } finally {
    await sides.close();
  }
}

async function column(
  sides: BothSides,
  { name, path, version, skipped }: MatrixClient,
  steps: readonly Step[],
  onProgress: MatrixOptions['onProgress'],
): Promise<Column> {
  const client = name.split(' ').at(-1) ?? name;
  if (path === null) return { client, version, skipped: skipped ?? 'not available', results: new Map() };
  let done = 0;
  const id = name.toLowerCase().replace(/[^a-z0-9]/g, '');
  const results = await sides.run(id, path, steps, (step) => {
    done += 1;
    onProgress(`${name}: ${done} of ${steps.length}, ${step}`);
  });
  return { client, version, skipped: null, results };
}

async function libraryColumn(
  sides: BothSides,
  { name, path, version, skipped, command }: MatrixOptions['libraries'][number],
  onProgress: MatrixOptions['onProgress'],
): Promise<Column> {
  if (path === null) return { client: name, version, skipped: skipped ?? 'not available', results: new Map() };
  const results = await sides.runProgram(name.toLowerCase(), command, (side) => onProgress(`${name}: 1 of 1, ${side}`));
  return { client: name, version, skipped: null, results };
}

async function startCluster(cluster: MatrixOptions['cluster']): Promise<TestedCluster> {
  if (cluster === 'demo') return startDemo();
  const controlPlane = await startControlPlane();
  return {
    name: 'real',
    kubeconfig: controlPlane.adminKubeconfig,
    context: 'real',
    runsPods: controlPlane.runsPods,
    auditLog: async () => controlPlane.auditLog(),
    close: () => controlPlane.close(),
  };
}
