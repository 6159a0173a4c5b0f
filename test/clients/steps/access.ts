import { command, named, type Step } from './step.ts';

const POLICY = /gatehouse policy/;

/** Who one is, and what one may do. */
export const ACCESS: readonly Step[] = [
  command('auth can-i get pods'),
  command('auth can-i create pods --subresource=exec'),
  command('auth can-i delete namespaces'),
  {
    ...named('auth can-i get services --subresource=proxy', command('auth can-i get services --subresource=proxy')),
    differs: { why: 'policy: proxies are denied, and can-i says so', says: POLICY },
  },
  {
    ...command('auth can-i --list'),
    differs: { why: 'policy: the list is what cluster and policy both allow', says: /\[\/version\]/ },
  },
  command('auth whoami -o json'),
  command('create role reader --verb=get,list --resource=pods', { approved: true }),
  command('create rolebinding reader --role=reader --user=eve', { approved: true }),
  named('get pods --as=eve', command('get pods -l app=box --as=eve', { approved: true })),
  {
    ...named('get pods --as=system:admin', command('get pods --as=system:admin')),
    fails: true,
    differs: { why: 'policy: nobody acts as a privileged identity', says: /never allowed/ },
  },
  command('create serviceaccount robot'),
  command('create token robot --duration=10m', { approved: true }),
  {
    ...named('get --raw …/services/web/proxy/', {
      name: '',
      run: (place) => place.run(['get', '--raw', `/api/v1/namespaces/${place.namespace}/services/web/proxy/`]),
    }),
    fails: true,
    differs: { why: 'policy: proxies are denied', says: /proxy-subresources/ },
  },
];
