/** Text of `ci.yaml`: a job that may look at everything and change nothing. */
export const CI = `# A job that may look at everything and change nothing, with nobody there to ask: what no rule allows is denied at once.
#
# For a gateway of the job's own, in a folder without other policy files. The cluster's own rights (RBAC) hold beneath
# this, as ever: give the job's credential no more than it needs there too.
apiVersion: gatehouse/v1
kind: AccessPolicy
metadata: {name: ci}
spec:
  sets:
    # What kubectl and helm ask before anything else: which resources there are, the version, whether the cluster is well.
    discovery: [/api, "/api/*", /apis, "/apis/*", "/openapi/*", /version, /healthz, "/healthz/*", /livez, "/livez/*",
                /readyz, "/readyz/*", /.well-known/openid-configuration, /openid/v1/jwks]
  rules:
  - id: discovery
    effect: allow
    match: {verbs: [get, head], nonResourceURLs: $discovery}

  # kubectl auth can-i, kubectl auth whoami: questions about oneself, in the form of a create.
  - id: reviews-of-oneself
    effect: allow
    match:
      verbs: [create]
      resources: [selfsubjectaccessreviews.authorization.k8s.io, selfsubjectrulesreviews.authorization.k8s.io,
                  selfsubjectreviews.authentication.k8s.io]

  # kubectl get, describe, logs, top, wait, rollout status; helm list, status, get, history. "*" is every resource and no
  # subresource: exec, attach, port-forward and proxies are not among them. To keep the job in one namespace, add
  # namespaces: [shop]; then it cannot list over all namespaces either.
  - id: reads
    effect: allow
    match: {verbs: [get, list, watch], resources: ["*", pods/log, "*/status", "*/scale"]}

  # Values of Secrets come back as masks, so they are in no log of the job. helm reads its releases all the same.
  - id: secrets-masked
    effect: none
    match: {resources: [secrets]}
    obligations:
      mask:
      - resource: secrets
        fields: ["data.*", "stringData.*"]
        annotations: [kubectl.kubernetes.io/last-applied-configuration]
        as: token

  # So do credentials that stand elsewhere: in variables, arguments, annotations, ConfigMaps, events.
  - id: inline-credentials-masked
    effect: none
    match: {resources: ["*", "*/*"], not: {resources: [secrets]}}
    obligations: {mask: [{resource: "*", patterns: ["builtin:credentials"], as: token}]}

  # Acting as somebody else (--as) needs a rule of its own and has none, so it is denied. A dry run at the server, and so
  # kubectl diff, needs the right to write, as in the cluster's own RBAC: "gatehouse policy init ci-deploy" has it.
`;
