/** Bodies in YAML, ordinary and odd. */
export const YAML_BODIES: readonly string[] = [
  'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\n  labels: {a: b, "c": d}\ndata:\n  text: |\n    one\n    two\n  folded: >-\n    a\n    b\n',
  'a: &anchor {x: 1}\nb: *anchor\nc:\n  <<: *anchor\n',
  '- y\n- no\n- 0777\n- 1:30\n- .5\n- 1e3\n- ~\n- 2001-12-14\n- "on"\n',
  'kind: A\n---\nkind: B\n',
  "a: 'it''s'\n? complex\n: value\n# comment\nb: [1, 2, {c: d}]\n",
  '{"json": ["is", "yaml"], "n": 9007199254740993}',
  '%YAML 1.1\n---\n!!map {a: !!str 1, b: !!binary aGVsbG8=}\n',
];
