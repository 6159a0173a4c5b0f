import { command, named, type Step } from './step.ts';

/** Looking at things. */
export const READING: readonly Step[] = [
  command('get pods'),
  command('get pods -o wide'),
  command('get deployments,services,configmaps --show-labels'),
  command('get deployment web -o json'),
  command('get deployment web -o yaml'),
  command('get deployment web -o jsonpath={.spec.replicas}'),
  command('get deployment web -o custom-columns=NAME:.metadata.name,IMAGE:.spec.template.spec.containers[0].image'),
  command('get pods -l app=box -o name'),
  command('get pods --field-selector=metadata.name=box'),
  command('get services --sort-by=.metadata.name'),
  command('get secrets'),
  command('get nodes'),
  command('get absent-kind', { fails: true }),
  command('get configmap absent', { fails: true }),
  command('describe deployment web', { codeOnly: true }),
  command('describe service web'),
  command('describe pod box', { codeOnly: true }),
  command('api-resources'),
  command('api-versions'),
  command('explain deployment.spec.replicas', {
    differs: {
      why: 'kubectl 1.27.0 and 1.27.1 leave the path of the server address out here (kubernetes/kubernetes#117463)',
      says: /failed to fetch openapi schema/,
    },
  }),
  command('version -o json'),
  command('cluster-info'),
  command('get --raw /version'),
  command('get --raw /healthz'),
  named('get --raw /metrics', {
    ...command('get --raw /metrics'),
    differs: [
      {
        why: 'policy: the control plane from inside is not reached through Gatehouse',
        says: /control-plane-internals/,
      },
    ],
  }),
  command('get events', { codeOnly: true }),
  command('top nodes', { fails: true }),
];
