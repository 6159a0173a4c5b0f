/*
 * `npm run test:cluster`: the tests on a real Kubernetes control plane. Where it cannot be had they count as skipped.
 */
import { buildCommandLine } from './build/command-line.mjs';
import { provideKubeconfigReader } from './clients/libraries.mjs';
import { provideControlPlane } from './set-up/control-plane.mjs';
import { installDependencies } from './set-up/dependencies.mjs';
import { provideKubectl } from './set-up/kubectl.mjs';
import { runOnNode } from './set-up/run-on-node.mjs';
import { startStages } from './test/stages.mjs';
import { runVitestProject } from './test/vitest-project.mjs';

await runOnNode();
const stages = startStages();
const machine = await stages.run('set-up', async () => {
  await installDependencies();
  return {
    tools: await provideKubectl(),
    controlPlane: await provideControlPlane(),
    clientGo: await provideKubeconfigReader(),
  };
});
if (machine) {
  const { tools, controlPlane, clientGo } = machine;
  await stages.run('command line', buildCommandLine);
  await stages.run('cluster tests', () =>
    runVitestProject('cluster', {
      GATEHOUSE_TEST_KUBECTL: tools.kubectl,
      GATEHOUSE_TEST_HELM: tools.helm,
      ...(controlPlane && { GATEHOUSE_TEST_CONTROL_PLANE: controlPlane }),
      ...(clientGo && { GATEHOUSE_TEST_CLIENT_GO: clientGo }),
    }),
  );
}
stages.finish({ emptyIsFailure: machine?.controlPlane !== null });
