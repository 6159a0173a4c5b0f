import { describe, expect, it } from 'vitest';
import { asFiles, compilePatterns, findCredentials } from '../../../proxy/patterns/value-patterns.ts';
import { growth, LINEAR } from '../growth.ts';

/** Of a shell, in which `${` is no template of ours. */
const DOLLAR = '$';

const PATTERNS = asFiles(compilePatterns(['builtin:credentials']), 'by-text');
const found = (name: string, text: string): string[] =>
  findCredentials(text, { name, flag: null }, PATTERNS, null).map(({ start, end }) => text.slice(start, end));

describe('case 60: credentials in the files that a ConfigMap holds', () => {
  it.each<[string, string, string[]]>([
    ['app.properties', 'server.port=8080\ndb.password=hunter2\nspring.datasource.username=app\n', ['hunter2']],
    ['crlf.properties', 'a=1\r\ndb.password=hunter2\r\nb=2\r\n', ['hunter2']],
    ['.env', 'DB_HOST=x\nDB_PASSWORD=hun ter2\nexport API_KEY="abc def"\n', ['hun ter2', 'abc def']],
    ['aws.env', 'AWS_ACCESS_KEY_ID=x1\nAWS_SECRET_ACCESS_KEY=wJal/K7MD\n', ['x1', 'wJal/K7MD']],
    ['x.ini', '[database]\nuser = a\npassword = hunter2 ; x\n', ['hunter2 ; x']],
    ['x.toml', '[db]\npassword = "hunter2"\nconn = { user = "a", password = "b2x" }\n', ['hunter2', 'b2x']],
    ['x.json', '{"db":{"password":"hun\\"ter2","user":"a"}}', ['hun\\"ter2']],
    ['entries.json', '{"env":[{"name":"API_TOKEN","value":"zzz"},{"name":"A","value":"b"}]}', ['zzz']],
    ['json-in-json', '{"config":"{\\"password\\":\\"hunter2\\",\\"a\\":1}"}', ['hunter2']],
    ['x.yaml', 'db:\n  password: hunter2\n  user: x\nflow: {user: a, password: b3}\n', ['hunter2', 'b3']],
    ['block.yaml', 'db:\n  secret: |\n    line1\n    line2\n  next: 1\n', ['line1\n    line2']],
    ['items.yaml', 'passwords:\n- a1\n- b2\nusers:\n- c\n', ['a1', 'b2']],
    ['entries.yaml', 'env:\n- name: DB_PASSWORD\n  value: "pw pw"\n- name: X\n  value: y\n', ['pw pw']],
    ['attribute.xml', '<Resource name="jdbc" username="u" password="hunter2"/>', ['hunter2']],
    ['element.xml', '<db><user>u</user><password>h2</password></db>', ['h2']],
    ['property.xml', '<property name="db.password" value="h3"/><property value="h5" name="token"/>', ['h3', 'h5']],
    ['entry.xml', '<entry key="apiToken">h4</entry><entry key="colour">blue</entry>', ['h4']],
    ['redis.conf', 'port 6379\nrequirepass foobared\nmasterauth xyz\n', ['foobared', 'xyz']],
    ['users.acl', 'user default on >sekret ~* +@all\n', ['sekret']],
    ['.npmrc', '//r.example.com/:_authToken=abcdef\n_auth=dXNlcjpwYXNz\n', ['abcdef', 'dXNlcjpwYXNz']],
    ['.pypirc', '[pypi]\nusername = __token__\npassword = pypi-AgEI\n', ['pypi-AgEI']],
    ['.netrc', 'machine h login u password p4ss\nmachine b\n  login x\n  password y9\n', ['p4ss', 'y9']],
    ['my.cnf', '[client]\nuser=root\npassword=hunter2\n', ['hunter2']],
    ['init.sql', "CREATE USER a WITH PASSWORD 'hunter2';\nALTER USER x IDENTIFIED BY 'h3';\n", ['hunter2', 'h3']],
    ['nginx.conf', 'proxy_set_header Authorization "Basic abc";\nset $token "abc123";\n', ['Basic abc', 'abc123']],
    ['said.sh', 'export DB_PASSWORD="$(hunter2 "x")"\nTOKEN="$(echo "hunter2")"\n', ['$(hunter2 ', '$(echo ']],
    ['run.sh', 'mysql --password hunter2 -u root\ncurl -u bob:h3 x\n', ['hunter2', 'h3']],
    ['curl.sh', 'curl -H "Authorization: Bearer abcd" https://x\n', ['Bearer abcd']],
    ['config.json', '{"auths":{"r.io":{"auth":"dXNlcjpwYXNz"}}}', ['dXNlcjpwYXNz']],
    ['x.php', "$cfg['db']['password'] = 'hunter2';\ndefine('DB_PASSWORD', 'h3');\n", ['hunter2', 'h3']],
    ['td-agent.conf', '<match>\n  shared_key s3cr\n  password foo1\n</match>\n', ['s3cr', 'foo1']],
    ['fluent-bit.conf', '[OUTPUT]\n    HTTP_User x\n    HTTP_Passwd changeme\n', ['changeme']],
    ['app.conf', 'url = amqp://u:pw1@mq\nc = Server=x;Password=y2;Port=1\n', ['pw1', 'y2']],
    ['unit.service', 'Environment="DB_PASSWORD=x9"\nEnvironment=TOKEN=y8\n', ['x9', 'y8']],
    ['sections.yaml', 'alertmanager:\n  basic_auth:\n    username: u\n    password: p1\n', ['p1']],
    ['lines.properties', 'db.password=hunter2\\\n  and-more\ncolour=blue\n', ['hunter2\\\n  and-more']],
    ['quoted.yaml', 'password: "hunter2\n  and-more"\nuser: "x"\n', ['hunter2\n  and-more']],
    ['triple.toml', 'password = """\nhunter2\n"""\nuser = "x"\n', ['\nhunter2\n']],
    ['next-line.json', '{\n "password":\n  "hunter2"\n}', ['hunter2']],
    ['cdata.xml', '<password><![CDATA[hunter2]]></password>', ['<![CDATA[hunter2]]>']],
    ['lines.xml', '<password>\n hunter2\n</password>', ['\n hunter2\n']],
    ['single.xml', "<add key='Password' value='hunter2'/>", ['hunter2']],
    ['default.yml', `password: ${DOLLAR}{DB_PASSWORD:hunter2}\n`, [`${DOLLAR}{DB_PASSWORD:hunter2}`]],
    ['tagged.yml', 'password: !!str hunter2\n', ['!!str hunter2']],
    ['Dockerfile', 'ENV DB_PASSWORD hunter2\n', ['hunter2']],
    ['commented.ini', ';secret_key = SW2YcwTIb9zpOOhoPsMm\n', ['SW2YcwTIb9zpOOhoPsMm']],
  ])('%s', (name, text, expected) => {
    expect(found(name, text)).toEqual(expected);
  });

  it('a private key in base64, as a kubeconfig has it', () => {
    const encode = (label: string) =>
      Buffer.from(`-----BEGIN ${label}-----\n${'MIIEpAIBAAKCAQEA'.repeat(4)}\n-----END ${label}-----\n`).toString(
        'base64',
      );
    const text = `client-certificate-data: ${encode('CERTIFICATE')}\nclient-key-data: ${encode('RSA PRIVATE KEY')}\n`;
    expect(found('config', text)).toEqual([encode('RSA PRIVATE KEY')]);
  });

  it.each<[string, string]>([
    ['DB_PASSWORD', 'hunter2'],
    ['AWS_SECRET_ACCESS_KEY', 'wJalrXUtnFEMI'],
    ['redis-password', 'word'],
    ['password.txt', 'hunter2\n'],
    ['tokens.csv', 'abc,user,1,"g"\n'],
    ['.pgpass', 'h:5432:d:u:p\nh2:5432:d:u:p2\n'],
    ['users.htpasswd', 'u:$apr1$x\nv:$2y$y'],
  ])('%s is one as a whole', (name, text) => {
    expect(found(name, text)).toEqual([text]);
  });
});

describe('a header and a default in a program', () => {
  it.each([
    ['a.sh', 'curl -H "Authorization: Bearer aB3dE5fG7hJ9" x', ['Bearer aB3dE5fG7hJ9']],
    ['a.js', 'headers: { Authorization: `Bearer aB3dE5fG7hJ9` }', ['Bearer aB3dE5fG7hJ9']],
    ['a.js', "const password = process.env.PASSWORD || 'hunter2-9x';", ["process.env.PASSWORD || 'hunter2-9x'"]],
    ['a.lua', 'connect{secret="hunter2"}', ['hunter2']],
    ['a.yaml', 'expr: kube_secret_info{namespace="z"}\nsecret="hunter2"', ['hunter2']],
    ['a.yaml', 'password: token', ['token']],
    ['a.yaml', 'password: bearer market', ['bearer market']],
  ])('%s: %s', (name, text, credentials) => {
    expect(found(name, text)).toEqual(credentials);
  });
});

describe('ordinary configuration stays as it is', () => {
  it.each<[string, string]>([
    ['a.sh', `curl -H "Authorization: Bearer ${DOLLAR}TOKEN" x`],
    ['a.js', `fetch(url, { headers: { Authorization: \`Bearer ${DOLLAR}{token}\` } });`],
    ['a.js', "const password = process.env.PASSWORD || '';"],
    ['a.ts', 'const token = config.auth.token ?? undefined;'],
    ['nginx.conf', 'proxy_set_header Authorization "Bearer $http_x_token";'],
    ['rules.yaml', 'expr: sum(kube_secret_info{secret="y",namespace="z"}) by (secret) > 0'],
    ['rules.yaml', 'expr: kube_secret_info{namespace="z", secret=~"db-.*"} == 0'],
    ['mesh.yaml', 'tokenAudiences: [istio-ca]'],
    ['oidc.yaml', 'token_endpoints: https://idp.example.com/token\npasswordPolicies: strong'],
    [
      'application.yml',
      `spring:\n  datasource:\n    password: ${DOLLAR}{DB_PASSWORD}\n    other_password: "${DOLLAR}{DB_PASSWORD:}"\n    url: jdbc:postgresql://db/x\n  token: "{{ .Values.token }}"\n  x-token: <your-token>\ntokenTTL: 3600\n`,
    ],
    [
      'pointers.yaml',
      'secretName: x\npasswordFile: /x\nexistingSecret: y\nimagePullSecrets:\n- regcred\nsecretRef: z\n',
    ],
    ['times.yaml', 'refresh_token: 24h\nmax_tokens: 4096\naccessTokenLifespan: 300\nsession_token_age: 5\n'],
    [
      'grafana.ini',
      '[security]\n;admin_user = admin\n;admin_password = admin\ncookie_samesite = lax\n;cookie_secure = false\nlogin_cookie_name = grafana_session\n[smtp]\n;password =\n# If the password contains # or ; you have to wrap it with triple quotes. Ex """#password;"""\nadmin_password = $__file{/etc/secrets/pw}\npassword = $__env{PW}\n',
    ],
    ['redis.conf', '# requirepass foobared\n# masterauth <master-password>\nappendonly yes\n'],
    [
      'Corefile',
      '.:53 {\n errors\n health { lameduck 5s }\n kubernetes cluster.local in-addr.arpa ip6.arpa {\n pods insecure\n fallthrough in-addr.arpa\n ttl 30 }\n prometheus :9153\n forward . /etc/resolv.conf\n cache 30\n}\n',
    ],
    [
      'ClusterConfiguration',
      'apiServer:\n  extraArgs:\n  - name: authorization-mode\n    value: Node,RBAC\n  - name: enable-bootstrap-token-auth\n    value: "true"\n  - name: service-account-key-file\n    value: /etc/kubernetes/pki/sa.pub\ncertificatesDir: /etc/kubernetes/pki\nkind: ClusterConfiguration\n',
    ],
    [
      'config.yaml',
      'authentication:\n  webhook:\n    cacheTTL: 2m0s\nauthorization:\n  mode: Webhook\n  webhook:\n    cacheAuthorizedTTL: 0s\n',
    ],
    ['log4j2.xml', '<PatternLayout pattern="%d %replace{%msg}{password=\\S+}{password=****}"/>'],
    ['messages.properties', 'password.invalid=The password is not valid\ntokenExpired=Your token has expired\n'],
    [
      'token-refresh.lua',
      'local token = ngx.var.http_authorization\nlocal t = get_token()\nif token == nil then return end\n',
    ],
    ['schema.json', '{"properties":{"password":{"type":"string"},"token":{"$ref":"#/x"}}}'],
    [
      'app.py',
      'password = os.environ["PASSWORD"]\ntoken: str = None\ndef login(user, password=None):\n  self.password = password\n  secret = config.secret\n',
    ],
    [
      'entrypoint.sh',
      `#!/bin/sh\nPASSWORD=$(cat /run/x)\nexport PGPASSWORD="$POSTGRES_PASSWORD"\nTOKEN=${DOLLAR}{TOKEN:-}\nif [ -z "$PASSWORD" ]; then exit 1; fi\n`,
    ],
    [
      'start.sh',
      `[[ -f $F ]] && export REDIS_PASSWORD="$(< "${DOLLAR}{F}")"\nexport DB_PASSWORD="$(cat "/run/x")"\nTOKEN="$(jq -r ".a" x)"\n`,
    ],
    ['policy.json', '{"passwordPolicy":"strict","token_endpoint":"https://x/token","password_length":8}'],
    ['passwd', 'root:x:0:0::/root:/bin/sh\nnobody:x:65534:65534::/:/sbin/nologin\n'],
    [
      'nginx.conf',
      'proxy_pass http://backend;\nfastcgi_pass unix:/run/php.sock;\nproxy_pass_header Authorization;\nproxy_set_header Authorization $http_authorization;\nproxy_set_header Cookie $http_cookie;\nadd_header Set-Cookie "x=$y; Secure";\nauth_request /auth;\nauth_basic_user_file /etc/nginx/.htpasswd;\nssl_certificate_key /etc/ssl/k.pem;\n',
    ],
    [
      'prometheus.yml',
      'scrape_configs:\n- job_name: x\n  bearer_token_file: /var/run/secrets/kubernetes.io/serviceaccount/token\n  relabel_configs:\n  - source_labels: [__meta_kubernetes_pod_annotation_token]\n    action: keep\n  authorization:\n    type: Bearer\n    credentials_file: /var/x\n',
    ],
    [
      'fluent-bit.conf',
      '[FILTER]\n    Name kubernetes\n    Kube_Token_File /var/x\n    Kube_Token_TTL 600\n    Kube_Tag_Prefix kube.var.log.containers.\n',
    ],
    ['logging.yaml', 'level: info\nmask: ["password", "token", "secret"]\nfields: [authorization, cookie]\n'],
  ])('%s', (name, text) => {
    expect(found(name, text)).toEqual([]);
  });
});

describe('reading a file', () => {
  it.each<[string, string]>([
    ['settings', 'password=a\n'],
    ['names', 'password='],
    ['names with spaces', 'password  '],
    ['statements before names', 'set export '],
    ['open quotes', 'password="'],
    ['JSON that does not end', '"password":"\\'],
    ['JSON inside JSON', '\\"password\\":\\"'],
    ['elements', '<password>'],
    ['elements with text', '<password>a '],
    ['CDATA', '<password><![CDATA['],
    ['open quotes over lines', 'password: "\n'],
    ['lines that go on', 'password=a\\\n'],
    ['JSON over lines', '"password":\n'],
    ['attributes', 'name="password" '],
    ['entries', 'name: password \n'],
    ['entries in one line', 'name: a '],
    ['blocks', 'password: |\n '],
    ['items', 'passwords:\n- '],
    ['spaces', 'password                '],
    ['dashes', 'password --'],
    ['access lists', 'user a b '],
    ['keys in base64', 'LS0tLS1CRUdJTi'],
    ['auth', 'auth:aaaaaaaa'],
    ['braces', '{password: {'],
    ['references', 'password=${'],
  ])('takes its time from its length and from nothing else: %s', async (_, piece) => {
    const find = (length: number) => found('x.conf', piece.repeat(Math.ceil(length / piece.length)));
    expect(await growth(find, 400_000)).toBeLessThan(LINEAR);
  });
});
