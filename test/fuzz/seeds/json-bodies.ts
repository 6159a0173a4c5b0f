/** Bodies as clients send them, and some that no client should. */
export const JSON_BODIES: readonly string[] = [
  '{}',
  '[]',
  ' {"kind":"Pod","apiVersion":"v1","metadata":{"name":"p"},"spec":{"hostNetwork":true,"containers":[{"name":"c","image":"i"}]}}\n',
  '{"spec":{"hostNetwork":true},"spec":{"containers":[]}}',
  '{"a":18446744073709551615,"b":-0.0,"c":1e21,"d":1.7976931348623157e308,"e":5e-324}',
  '{"text":"\\u0041\\ud83d\\ude00 \\"\\\\\\/\\b\\f\\n\\r\\t","\\u006bey":null}',
  '[{"op":"replace","path":"/spec/replicas","value":3},{"op":"test","path":"/metadata/uid","value":"x"}]',
  '{"__proto__":{"a":1},"constructor":{"prototype":2},"":[null,true,false,[[[[1]]]]]}',
  '"just a text"',
  '{"é":"漢字 😀","nbsp":"\u00a0"}',
];
