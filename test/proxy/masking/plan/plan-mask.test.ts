import { describe, expect, it } from 'vitest';
import { planMask } from '../../../../proxy/masking/plan/plan-mask.ts';
import { HeaderList } from '../../../../proxy/request/header-list.ts';
import { readQuery } from '../../../../proxy/request/query.ts';
import { apiRequest, MASK_SECRETS } from '../requests.ts';

const kind = (info: Parameters<typeof apiRequest>[0], obligations = [MASK_SECRETS]) =>
  planMask(apiRequest(info), obligations).kind;

describe('plan', () => {
  it.each(['get', 'list', 'create', 'update', 'patch', 'delete', 'deletecollection'])(
    '%s of Secrets: a document',
    (verb) => {
      expect(kind({ verb })).toBe('document');
    },
  );

  it('watch of Secrets: event by event', () => {
    expect(kind({ verb: 'watch' })).toBe('watch');
  });

  it.each([
    ['other resources', { resource: 'pods' }],
    ['Secrets of another group', { apiGroup: 'example.com' }],
    ['what is no resource', { isResourceRequest: false }],
  ])('%s pass', (_, info) => {
    expect(kind(info)).toBe('pass');
  });

  it('Secrets pass where policy asks for no mask', () => {
    expect(kind({}, [])).toBe('pass');
    expect(kind({}, [{ ...MASK_SECRETS, resource: 'configmaps' }])).toBe('pass');
  });

  it('a rule for every resource that names last-applied masks Secrets and leaves others', () => {
    const everywhere = {
      resource: '*',
      fields: [],
      annotations: ['kubectl.kubernetes.io/last-applied-configuration'],
      keep: [],
    };
    expect(kind({}, [everywhere])).toBe('document');
    expect(kind({ resource: 'pods' }, [everywhere])).toBe('pass');
  });

  it.each([
    ['application/json;as=Table;v=v1;g=meta.k8s.io', 'example.com'],
    ['application/json; as = Table; v=v1;g=meta.k8s.io', 'example.com'],
    ['application/json;as=Table;v=v1;g=meta.k8s.io', 'snapshot.storage.k8s.io'],
  ])(
    'case 34: columns of a custom resource may show a masked field, so the object is asked for: %s of %s',
    (accept, apiGroup) => {
      const rule = { resource: `vaults.${apiGroup}`, fields: ['spec.*'], annotations: [], keep: [] };
      const asked = {
        target: '/vaults?includeObject=None',
        headers: new HeaderList([['Accept', accept]]),
        query: [['includeObject', 'None']] as const,
      };
      const plan = planMask(apiRequest({ apiGroup, resource: 'vaults' }, asked), [rule]);
      expect(plan).toMatchObject({
        whole: { target: '/vaults?includeObject=Object', trim: { of: 'rows', to: 'None' } },
      });
    },
  );

  it.each([
    ['/vaults?include%4Fbject=None', 'None'],
    ['/vaults?%69ncludeObject=Metadata&includeObject=None', 'Metadata'],
    ['/vaults?includeObject=None&limit=5&includeObject=Metadata', 'None'],
  ])('however often and in what spelling the client asks for less of it: %s', (target, to) => {
    const rule = { resource: 'vaults.example.com', fields: ['spec.*'], annotations: [], keep: [] };
    const headers = new HeaderList([['Accept', 'application/json;as=Table;v=v1;g=meta.k8s.io']]);
    const asked = { target, headers, query: readQuery(target.slice(target.indexOf('?') + 1)) };
    const plan = planMask(apiRequest({ apiGroup: 'example.com', resource: 'vaults' }, asked), [rule]);
    const sent = target.includes('limit') ? '/vaults?limit=5&includeObject=Object' : '/vaults?includeObject=Object';
    expect(plan).toMatchObject({ whole: { target: sent, trim: { of: 'rows', to } } });
  });

  it('resources of a group are named with it', () => {
    const rule = { resource: 'vaults.example.com', fields: ['data.*'], annotations: [], keep: [] };
    expect(kind({ apiGroup: 'example.com', resource: 'vaults' }, [rule])).toBe('document');
  });

  it.each(['spec.template.', 'data', 'metadata.*', 'spec[0]', 'spec..x'])(
    'refuses, before anything is sent, a field that it cannot mask: %s',
    (field) => {
      expect(() => kind({}, [{ ...MASK_SECRETS, fields: [field] }])).toThrow(
        expect.objectContaining({ code: 'response-not-maskable', message: expect.stringContaining(field) }),
      );
    },
  );
});
