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

  const ONE = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
  const LIST = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
  const asking = (verb: string, accept: string) => {
    const headers = new HeaderList([['Accept', accept]]);
    return planMask(apiRequest({ verb }, { headers }), [MASK_SECRETS]);
  };

  it.each<[string, string, string, string]>([
    ['get', ONE, 'object', 'v1'],
    ['get', ONE.replace('v=v1', 'v=v1beta1'), 'object', 'v1beta1'],
    [
      'get',
      `application/vnd.kubernetes.protobuf;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,${ONE},application/json`,
      'object',
      'v1',
    ],
    ['get', `application/json;q=0.5,${ONE};q=0.9`, 'object', 'v1'],
    ['get', `application/json;as=Unknown;g=meta.k8s.io;v=v1,${ONE}`, 'object', 'v1'],
    ['watch', ONE, 'object', 'v1'],
    ['patch', ONE, 'object', 'v1'],
    ['delete', ONE, 'object', 'v1'],
    ['list', LIST, 'items', 'v1'],
    ['deletecollection', LIST, 'items', 'v1'],
  ])(
    'case 59: metadata alone says not what it may not show, so Secrets are asked for whole: %s, %s',
    (verb, accept, of, version) => {
      const whole = { target: null, accept: 'application/json', trim: { of, to: 'Metadata', version } };
      expect(asking(verb, accept)).toMatchObject({ whole });
    },
  );

  it.each<[string, string]>([
    ['list', ONE],
    ['get', LIST],
    ['get', 'application/json'],
    ['get', `application/json,${ONE}`],
    ['get', ONE.replace('v=v1', 'v=v2')],
    ['get', ONE.replace('application/json', '*/*')],
    ['get', ONE.replace('meta.k8s.io', 'x')],
  ])('nothing else is asked for where the API server answers otherwise: %s, %s', (verb, accept) => {
    expect(asking(verb, accept)).toMatchObject({ whole: null });
  });

  it.each([
    ['', '/api/v1/namespaces/team-a/secrets?includeObject=Object'],
    ['Metadata', '/api/v1/namespaces/team-a/secrets?includeObject=Object'],
    ['None', null],
    ['Object', null],
  ])(
    'case 59: rows of Secrets are asked for with their objects where they come with metadata: %s',
    (include, target) => {
      const headers = new HeaderList([['Accept', 'application/json;as=Table;v=v1;g=meta.k8s.io']]);
      const query = include === '' ? [] : [['includeObject', include] as const];
      const plan = planMask(apiRequest({ verb: 'list' }, { headers, query }), [MASK_SECRETS]);
      expect(plan).toMatchObject({ whole: target === null ? null : { target, trim: { of: 'rows', to: 'Metadata' } } });
    },
  );

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
