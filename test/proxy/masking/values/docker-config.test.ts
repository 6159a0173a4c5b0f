import { describe, expect, it } from 'vitest';
import { maskDockerConfig } from '../../../../proxy/masking/values/docker-config.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

function mask(text: string, key = '.dockerconfigjson') {
  const masked: string[] = [];
  const result = maskDockerConfig(text, key, `data[${key}]`, (field, plain) => {
    masked.push(`${field} = ${plain}`);
    return 'TOKEN';
  });
  return { config: result === null ? null : JSON.parse(result), masked };
}

describe('docker configurations', () => {
  it('keep registries, accounts and helpers, and lose what logs in', () => {
    const { config, masked } = mask(
      JSON.stringify({
        auths: {
          'r.example.com': {
            username: 'robot',
            password: 'p4ss',
            email: 'a@b',
            auth: base64('robot:p4:ss'),
            identitytoken: 'id',
          },
        },
        credHelpers: { 'gcr.io': 'gcloud' },
        HttpHeaders: { 'X-Meta-Auth': 'h34der' },
      }),
    );
    expect(config).toEqual({
      auths: {
        'r.example.com': {
          username: 'robot',
          password: 'TOKEN',
          email: 'a@b',
          auth: base64('robot:TOKEN'),
          identitytoken: 'TOKEN',
        },
      },
      credHelpers: { 'gcr.io': 'gcloud' },
      HttpHeaders: { 'X-Meta-Auth': 'TOKEN' },
    });
    expect(masked).toEqual([
      'data[.dockerconfigjson].auths[r.example.com].password = p4ss',
      'data[.dockerconfigjson].auths[r.example.com].auth = p4:ss',
      'data[.dockerconfigjson].auths[r.example.com].identitytoken = id',
      'data[.dockerconfigjson].HttpHeaders.X-Meta-Auth = h34der',
    ]);
  });

  it('have their registries at the top in the older form', () => {
    const { config } = mask(
      JSON.stringify({ 'r.example.com': { username: 'robot', auth: base64('robot:p4ss') } }),
      '.dockercfg',
    );
    expect(config).toEqual({ 'r.example.com': { username: 'robot', auth: base64('robot:TOKEN') } });
  });

  it('lose whatever else is in them, since nobody knows what it is', () => {
    const odd = {
      auths: { r: { auth: 'no base64!', username: ['x'], more: { deep: ['v'], n: 1 } }, s: 'text' },
      extra: 'v',
    };
    expect(mask(JSON.stringify(odd)).config).toEqual({
      auths: { r: { auth: 'TOKEN', username: ['TOKEN'], more: { deep: ['TOKEN'], n: 'TOKEN' } }, s: 'TOKEN' },
      extra: 'TOKEN',
    });
  });

  it('case 34: lose a token that is given as the name of the user', () => {
    const token = `ghp_${'a1B2c3D4e5'.repeat(4)}`;
    const odd = { auths: { r: { username: token, auth: base64(`${token}:x-oauth-basic`) } } };
    expect(mask(JSON.stringify(odd)).config).toEqual({ auths: { r: { username: 'TOKEN', auth: 'TOKEN' } } });
  });

  it.each(['', 'robot:p4ss', '[]', '"x"', '{"auths":'])('that are none are masked whole: %s', (text) => {
    expect(mask(text).config).toBeNull();
  });
});
