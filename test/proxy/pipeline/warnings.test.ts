import { describe, expect, it } from 'vitest';
import { PODS_PATH, SECRET_PATH, secret } from './objects.ts';
import { ALLOW_ALL, ASK_ALL, MASK_SECRETS, pipeline } from './pipeline.ts';

describe('warnings of the gateway', () => {
  const QUIET = '  - {id: quiet, effect: none, match: {resources: ["*"]}, obligations: {warnings: "off"}}\n';
  const asked = { target: SECRET_PATH };
  const surroundings = { person: { says: 'approve' }, cluster: () => ({ body: secret() }) } as const;

  it('say who approved, and what is masked', async () => {
    const gate = pipeline({ ...surroundings, rules: ASK_ALL + MASK_SECRETS });
    const got = await gate.serve(asked);
    expect(got.header('Warning')).toEqual([
      expect.stringContaining('1 value masked'),
      expect.stringContaining(`approved by local:ada (request ${gate.asked()[0]?.code})`),
    ]);
  });

  it('are none where policy wants none; the masks are made all the same', async () => {
    const got = await pipeline({ ...surroundings, rules: ASK_ALL + MASK_SECRETS + QUIET }).serve(asked);
    expect(got.header('Warning')).toEqual([]);
    expect(got.body).not.toContain(secret().data.password);
  });

  it('are none about an approval where none was needed', async () => {
    const got = await pipeline({ ...surroundings, rules: ALLOW_ALL }).serve({ target: PODS_PATH });
    expect(got.header('Warning')).toEqual([]);
  });
});
