/** Text of `agent.yaml`: a program that looks at everything, and asks a person before it changes anything. */
export const AGENT = `# An agent, or a script that is not trusted yet: it looks at everything unasked, and a person confirms every change.
#
# For a gateway of its own, in a folder without other policy files. What no rule allows is denied. What waits is shown by
# "gatehouse requests" and decided by "gatehouse approve" and "gatehouse deny"; the agent must run as another user than
# the gateway, or it can approve for itself.
apiVersion: gatehouse/v1
kind: AccessPolicy
metadata: {name: agent}
spec:
  sets:
    discovery: [/api, "/api/*", /apis, "/apis/*", "/openapi/*", /version, /healthz, "/healthz/*", /livez, "/livez/*",
                /readyz, "/readyz/*", /.well-known/openid-configuration, /openid/v1/jwks]
    reviews: [selfsubjectaccessreviews.authorization.k8s.io, selfsubjectrulesreviews.authorization.k8s.io,
              selfsubjectreviews.authentication.k8s.io]
  rules:
  - id: discovery
    effect: allow
    match: {verbs: [get, head], nonResourceURLs: $discovery}

  - id: reviews-of-oneself
    effect: allow
    match: {verbs: [create], resources: $reviews}

  - id: reads
    effect: allow
    match: {verbs: [get, list, watch], resources: ["*", pods/log, "*/status", "*/scale"]}

  - id: secrets-masked
    effect: none
    match: {resources: [secrets]}
    obligations:
      mask:
      - resource: secrets
        fields: ["data.*", "stringData.*"]
        annotations: [kubectl.kubernetes.io/last-applied-configuration]
        as: token

  - id: inline-credentials-masked
    effect: none
    match: {resources: ["*", "*/*"], not: {resources: [secrets]}}
    obligations: {mask: [{resource: "*", patterns: ["builtin:credentials"], as: token}]}

  # Dry runs too, kubectl diff among them: they are writes to a rule.
  - id: writes
    effect: requireApproval
    match:
      verbs: [create, update, patch, delete]
      resources: ["*", "*/scale", pods/eviction]
      namespaces: ["*"]
      not: [{resources: $reviews}, {verbs: [delete], resources: [namespaces]}]
    approval: {level: ownerConfirm}
    message: "{{verb}} of {{resource}} {{name}} in {{namespace}} needs a confirmation"

  - id: into-pods
    effect: requireApproval
    match: {verbs: [create], resources: [pods/exec, pods/attach, pods/portforward]}
    approval: {level: ownerConfirm}
    message: "{{resource}} into {{name}} in {{namespace}} needs a confirmation"

  - id: into-pods-recorded
    effect: none
    match: {resources: [pods/exec, pods/attach, pods/portforward]}
    obligations: {record: {level: full, required: true, input: off}}

  # Not among them, and so denied: what belongs to the whole cluster, deleting namespaces or many objects at once, tokens,
  # proxies, and acting as somebody else by --as. By a workload, a role or a webhook it is denied by this:
  - id: acting-as-another
    effect: deny
    match:
      actsAs: {any: true, strong: true,
               through: [impersonation, token, secret, pod, exec, csr, rbac, webhook, node, controller]}
      not: {verbs: [get, head, list, watch]}
    message: "an agent may not act as {{actsAs}}"
`;
