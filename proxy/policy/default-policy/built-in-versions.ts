/** What one version of the built-in policy changed against the one before it. */
export interface BuiltInVersion {
  /** Fingerprints of what is new or says something else: a rule `never/proxy-verb`, a set `never/$privileged`, a head `never`. */
  readonly parts: Readonly<Record<string, string>>;
  /** What is built in no longer. */
  readonly dropped: readonly string[];
  /** Fingerprints of comment lines that are new, between white space: they make room for newer ones, a person's own stay. */
  readonly comments: string;
}

/**
 * Every version of the built-in policy that was ever committed, the oldest first, the present one last. A policy folder
 * was written from one of these: what has none of their fingerprints was changed by a person, and is never written over.
 *
 * Lines are added and never changed. A change of the built-in documents needs a new entry at the end; the test of this
 * table fails without it, and prints the entry. How fingerprints are made: `upgrade/fingerprint.ts`.
 */
export const BUILT_IN_VERSIONS: readonly BuiltInVersion[] = [
  {
    parts: {
      everyday: '024b73fffe2ce192c535b3d2a19f55dabac148cb0588941431d148b7610a3e93',
      'everyday/$discovery': 'ae2a9770a10781e2a2e2c3c946d2c3489230ec53078c1a93c9b37cc145ac873d',
      'everyday/discovery': '35c85549aac02b73aaf6826583a8ad21faa7861b151e28a1e8423c58960bf917',
      'everyday/discovery-as-anyone': 'ec48178c2ebd5cfd35ecfcefccb47672f1b5e1d42d674a833c3e1678cac95ad0',
      'everyday/reviews-of-oneself': 'da2e263a52daecbfa9a3ec04318d90df788c42d4f16062722e16368f67bf44b8',
      'everyday/reads': '32b362e37cc9a3007083c8ee2d1823b0efb7a8030108551337dc9989650fd4fc',
      'everyday/secrets-masked': '065398a9183b1c076a0ba30f260df3a965fac6393c1f97a352837cf1c428edea',
      'everyday/namespaced-writes': '978df64ccc4fe78322814fe5a19509b37c0c4e57cd62fd3eda0681720ed9d7ca',
      'everyday/new-namespaces': '5324edd6940a2a0cac8d6233baa564520ed5711f2e5566c8e03bcb1fd25ffda4',
      'everyday/scale-and-evict': '247f8fb4de59f34e442915d15b961c23e1441103df2d9f1d93fd9b41fba281ea',
      'everyday/into-pods': '5efd92b1b33f5b6c9b761f995d8735555c7178615558b86d1b127b888c5df523',
      'everyday/into-pods-recorded': '000c6c5e64fea92d18332464383ec42afb51eed935d8dc4528b4de47eed98b0a',
      confirm: '68e482602cc5cab8b0a42c8eef25aa6a1dc85457ab80dcb3f0da427f8ee91c87',
      'confirm/$discovery': 'ae2a9770a10781e2a2e2c3c946d2c3489230ec53078c1a93c9b37cc145ac873d',
      'confirm/$writes': '0674bfcf1aa74efaa59cbf809f9a82ab4aa4375535710438311c15008eb282a9',
      'confirm/impersonation': '4e1dca81de5c7c345ae97bbe0a202b871a874df1a272ee499914ed90c4cd04c6',
      'confirm/service-account-tokens': 'f91c21a7a225e2d0289119d08b4cfd0b77ac5ce2e6fcbad28ade65d1cb7804df',
      'confirm/certificate-requests': '59c3f1e97e4f2ba7c03e1f5557f38d93301f62b89435d5b0ccf97bcc776f333f',
      'confirm/rights-and-admission': '8fbb29221c13ed6514992627284e588d746fcf4aa78d66111beda7e7843fd231',
      'confirm/deletes-with-everything-in-them': '4d238c3be05f9ab8a3d2001f974a7b16850c2cc05fc42a5a006ffbe6e47b2ba0',
      'confirm/delete-collections': '1e312169b1a4ebf6c87d26c9cbd397a31aa4b7ac9dcb5b061fb0ef46b46536e6',
      'confirm/cluster-wide-writes': '4a2bd544171547261820b4f85851e4018c597e35c6f387d3428de780f856d87f',
      'confirm/namespace-changes': '9a1703a4dba46f8ccd6351fa1291a372ad15ebfe7a46a9d2a7ba540329957ce6',
      'confirm/reveal': '1f4963137bcbf3e8917922c84e2c96238cfebc4b6c1e4474d9fb532ae4d742aa',
      never: 'f2ab27185c03ded14e325eadc7657a995ed41288fef5ac50e79b804152c929a5',
      'never/$privileged': '2ca5219319e31312b5b1436e56d69b2673c6d3741fb7aae7da9cf7e2d68cf9c1',
      'never/impersonate-privileged': '2128683799b56039650d27c3fc51bda4be9caa8ab2ce0e208628da865e334f0f',
      'never/proxy-subresources': '755e4bc0a20b23b729033ce49a5af288d4f49f191cd8e9c16d1a7f87cb060724',
      'never/proxy-verb': 'd60082c4d5667f771e48f287e7bc2862f20cdddd1059b21fa29209c5b4844e83',
      'never/control-plane-internals': 'beefccbaa837e7a5e20670abd9c33c69847c396f6a9120190a54e207e4497d2a',
    },
    dropped: [],
    comments: `
      c9438c358067 e3b0c44298fc 1f47c91a67b9 299ab0dac4c8 2fb6263a0909 792ccd4d1395 89812cf7da9f 7713eec032cb 4486431b0326
      d0328d85fda7 a602166903b4 3f8dc5f61769 2658c8ea498b 4db7dbb6ad48 441011d30994 9a9de4e26630 a4c6aca678d2 17d648b59ca1
      7d20ea8ba135 023418a48c54 2edb06ca0844 829ffba37c12 694f36f32d88 695b427830bd 1a5f717f2705 7eef7651b1c6 5a684c6da4e3
      5e72b60b88bb 69c45aac87aa 2e662e640f1b e76e8e4416b5 67f24b35f390 37ec71d0aa17 9ffcd96c3ce1`,
  },
  {
    parts: {
      'everyday/namespaces': 'ff5041c875ab7c6b35a191d6f8151137215b06de8909f17db1acabe69169329d',
    },
    dropped: ['everyday/new-namespaces', 'confirm/namespace-changes'],
    comments: `
      2851b90eb605 9df53252381d fdb8804f05ec 7cef6ce35360`,
  },
  {
    parts: {
      'confirm/acting-as-another': 'f7f646f35bc5ab8d45d79c1ef57ea1c7c462c15c78ee8f31aeb61d3dc6f7228b',
      'never/act-as-privileged': '88c13ff97a801c30ac2b1601a047b8306a14a65c2e8c82f9751310ae6ef2785c',
    },
    dropped: ['confirm/impersonation', 'never/impersonate-privileged'],
    comments: `
      5bb8f27651c5 1da8f8998c32 01b12bc24e82 927a5bf215a5 9de003230138 58442d74773d 7e7599f80b8b`,
  },
  {
    parts: {
      'everyday/inline-credentials-masked': 'e503f1f3e361efa0a1ace560c7a6dcf1c6a9382055817c3c12c253c04b830f31',
    },
    dropped: [],
    comments: `
      e72cbd0c6c9e c4dbecb8336f`,
  },
  {
    parts: {
      'never/bootstrap-tokens': '8dd100f5b1a8aa058aa51aafbd113c6f9507915df12c1f27f016e3586372bb11',
    },
    dropped: [],
    comments: `
      53d098f8ee02 4fc15006309d eec5b3ef460d 85f090c30034 dde37c2cecee 469149abaa61 37ef607a7e78`,
  },
];
