import type { Place } from '../place.ts';
import { command, named, result, type Step } from './step.ts';

const patience = '--timeout=40s';

/** Changing what runs, and waiting for it. */
export const ROLLOUTS: readonly Step[] = [
  command(`rollout status deployment/web ${patience}`, { codeOnly: true }),
  command('set image deployment/web main=registry.example/web:2'),
  named('rollout status after it', command(`rollout status deployment/web ${patience}`, { codeOnly: true })),
  command('rollout history deployment/web'),
  command('rollout undo deployment/web'),
  named('the image after undo', command('get deployment web -o jsonpath={.spec.template.spec.containers[0].image}')),
  command('rollout restart deployment/web'),
  command('set env deployment/web COLOUR=blue'),
  command('scale deployment/web --replicas=2'),
  command(`wait --for=condition=Available deployment/web ${patience}`),
  command('wait --for=condition=Ready pod/box --timeout=20s'),
  command(`create cronjob nightly --image=registry.example/job:1 --schedule='0 3 * * *'`),
  command('create job at-once --from=cronjob/nightly'),
  { name: 'get --watch', run: watch },
  { ...named('drain --dry-run=server', { name: '', run: drain }), approved: true },
  { ...named('cordon, uncordon', { name: '', run: cordon }), approved: true },
  command('autoscale deployment web --min=1 --max=3'),
  command('delete deployment web --wait=false'),
];

async function watch(place: Place) {
  const command = place.start(['-n', place.namespace, 'get', 'configmaps', '--watch', '-o', 'name']);
  try {
    await Promise.race([
      place
        .truth(['-n', place.namespace, 'create', 'configmap', 'arrives'])
        .then(() => command.saw(/configmap\/arrives/)),
      new Promise<never>((_, reject) => setTimeout(() => reject(new Error('nothing within 20 s')), 20_000).unref()),
    ]);
    return result(0, 'the event came');
  } catch (error) {
    return result(1, '', error instanceof Error ? error.message : String(error));
  } finally {
    command.stop();
    await command.done;
  }
}

async function aNode(place: Place): Promise<string> {
  const { stdout } = await place.run(['get', 'nodes', '-o', 'name']);
  return stdout.trim().split('\n')[0]?.replace('node/', '') ?? '';
}

async function cordon(place: Place) {
  const node = await aNode(place);
  const cordoned = await place.run(['cordon', node]);
  const uncordoned = await place.run(['uncordon', node]);
  return result(
    cordoned.code + uncordoned.code,
    cordoned.stdout + uncordoned.stdout,
    cordoned.stderr + uncordoned.stderr,
  );
}

async function drain(place: Place) {
  const node = await aNode(place);
  const { code, stderr } = await place.run([
    'drain',
    node,
    '--dry-run=server',
    '--ignore-daemonsets',
    '--force',
    `--pod-selector=app=box`,
  ]);
  return result(code, '', code === 0 ? '' : stderr);
}
