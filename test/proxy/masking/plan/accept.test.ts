import { describe, expect, it } from 'vitest';
import { jsonClauses, jsonOnlyAccept } from '../../../../proxy/masking/plan/accept.ts';
import { HeaderList } from '../../../../proxy/request/header-list.ts';
import { apiRequest } from '../requests.ts';

const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io';

describe('case 34: what is asked of the API server', () => {
  it.each([
    ['kubectl get', `${TABLE},application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json`, null],
    ['kubectl describe', 'application/vnd.kubernetes.protobuf,application/json', 'application/json'],
    ['kubectl get --raw', 'application/json, */*', 'application/json'],
    [
      'metadata informers',
      'application/vnd.kubernetes.protobuf;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json',
      'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json',
    ],
    ['nothing said', '', 'application/json'],
    ['anything', '*/*', 'application/json'],
    ['only application/*, which the server answers with 406', 'application/*', 'application/json'],
    ['only YAML', 'application/yaml', 'application/json'],
    ['only CBOR', 'application/cbor', 'application/json'],
    ['protobuf watch', 'application/vnd.kubernetes.protobuf;stream=watch', 'application/json'],
    ['letter case that the server does not know', 'APPLICATION/JSON;as=Table', 'application/json'],
    [
      'spaces around the = of a parameter',
      'application/json; as = Table ;v= v1;g =meta.k8s.io',
      'application/json;as=Table;v=v1;g=meta.k8s.io',
    ],
    ['spaces and weights', ' application/json ; q=0.5 , application/yaml', 'application/json;q=0.5'],
  ])('%s', (_, accept, expected) => {
    expect(jsonClauses(accept)).toBe(expected ?? accept);
  });

  it('reads the first Accept line only, as the server does', () => {
    const headers = new HeaderList([
      ['Accept', TABLE],
      ['accept', 'application/yaml'],
    ]);
    expect(jsonOnlyAccept(apiRequest({}, { headers }))).toBe(TABLE);
  });

  it.each(['log', 'exec', 'attach', 'portforward', 'proxy'])('leaves %s alone', (subresource) => {
    expect(jsonOnlyAccept(apiRequest({ resource: 'pods', subresource }))).toBeNull();
  });

  it('leaves what is no resource alone, and asks JSON of every resource', () => {
    expect(jsonOnlyAccept(apiRequest({ isResourceRequest: false }))).toBeNull();
    expect(jsonOnlyAccept(apiRequest({ resource: 'pods', subresource: 'status' }))).toBe('application/json');
  });
});
