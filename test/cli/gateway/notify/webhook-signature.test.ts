import { describe, expect, it } from 'vitest';
import { readSecrets, signedHeaders } from '../../../../cli/gateway/notify/webhook-signature.ts';

/** The example of Standard Webhooks' own libraries. */
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

it('signs as Standard Webhooks does', () => {
  const [key] = readSecrets(`${SECRET}\n`) ?? [];
  const message = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', body: '{"test": 2432232314}' };
  expect(signedHeaders(message, [key ?? Buffer.of()], 1614265330)).toEqual({
    'webhook-id': message.id,
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});

it('signs with each of two keys, while one takes the place of the other', () => {
  const keys = readSecrets(`${SECRET}\nwhsec_${Buffer.alloc(32, 1).toString('base64')}\n`) ?? [];
  const { 'webhook-signature': both } = signedHeaders({ id: 'm', body: '' }, keys, 1);
  const each = keys.map((key) => signedHeaders({ id: 'm', body: '' }, [key], 1)['webhook-signature']);
  expect(both).toBe(each.join(' '));
});

describe('a secret file', () => {
  it.each([
    ['with Windows line ends', `${SECRET}\r\n`],
    ['with empty lines', `\n${SECRET}\n\n`],
    ['of 24 bytes', `whsec_${Buffer.alloc(24).toString('base64')}`],
    ['of 64 bytes', `whsec_${Buffer.alloc(64).toString('base64')}`],
  ])('%s is one', (_what, text) => {
    expect(readSecrets(text)).toHaveLength(1);
  });

  it.each([
    ['that is empty', ''],
    ['of blanks', ' \n\t\n'],
    ['without the prefix', Buffer.alloc(32).toString('base64')],
    ['that is too short', `whsec_${Buffer.alloc(23).toString('base64')}`],
    ['that is too long', `whsec_${Buffer.alloc(65).toString('base64')}`],
    ['with something else on a line', `${SECRET}\npassword`],
    ['that is no base64', 'whsec_not base64 at all, not at all'],
    ['that is a key in PEM', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n'],
  ])('%s is none', (_what, text) => {
    expect(readSecrets(text)).toBeNull();
  });
});
