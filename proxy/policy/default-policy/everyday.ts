/** Text of `everyday.yaml`: what an engineer does all day, without a question. */
export const EVERYDAY = `# What you do all day: looking at things and working in namespaces. Nothing here asks you anything.
#
# The files of this folder are the policy of Gatehouse. Edit them with any editor: a change is in force as soon as it is
# saved, and a file with a mistake in it is shown in the app while the last good policy goes on.
# What no rule allows is denied. deny wins over requireApproval, requireApproval wins over allow.
apiVersion: gatehouse/v1
kind: AccessPolicy
metadata: {name: everyday}
spec:
  sets:
    # What kubectl asks before anything else: which resources there are, and whether the cluster is well.
    discovery: [/api, "/api/*", /apis, "/apis/*", "/openapi/*", /version, /healthz, "/healthz/*", /livez, "/livez/*",
                /readyz, "/readyz/*", /.well-known/openid-configuration, /openid/v1/jwks]
  rules:
  - id: discovery
    effect: allow
    match: {verbs: [get, head], nonResourceURLs: $discovery}

  # kubectl sends --as with discovery too. It tells nothing about the identity, so it never waits for a person; a
  # privileged identity is denied here as everywhere (never.yaml).
  - id: discovery-as-anyone
    effect: allow
    match: {verbs: [get, head], nonResourceURLs: $discovery, impersonation: {any: true}}

  # kubectl auth can-i, kubectl auth whoami: questions about oneself.
  - id: reviews-of-oneself
    effect: allow
    match:
      verbs: [create]
      resources: [selfsubjectaccessreviews.authorization.k8s.io, selfsubjectrulesreviews.authorization.k8s.io,
                  selfsubjectreviews.authentication.k8s.io]

  # "*" is every resource, but no subresource: each subresource needs a rule that names it.
  - id: reads
    effect: allow
    match: {verbs: [get, list, watch], resources: ["*", pods/log, "*/status", "*/scale"]}

  # Values of Secrets come back as masks, in reads and in the answers to writes; the names of their keys stay. So does
  # what kubectl apply keeps about the Secret in an annotation.
  - id: secrets-masked
    effect: none
    match: {resources: [secrets]}
    obligations:
      mask:
      - resource: secrets
        fields: ["data.*", "stringData.*"]
        annotations: [kubectl.kubernetes.io/last-applied-configuration]
        as: token

  # Credentials that stand in other objects come back as masks too: variables, arguments, headers and annotations of
  # workloads and what is kept of them, ConfigMaps, texts of events. Found by name, by form, and by being a Secret's value.
  - id: inline-credentials-masked
    effect: none
    match: {resources: ["*", "*/*"], not: {resources: [secrets]}}
    obligations: {mask: [{resource: "*", patterns: ["builtin:credentials"], as: token}]}

  # namespaces: ["*"] is every namespace, but nothing that belongs to the cluster as a whole (confirm.yaml).
  - id: namespaced-writes
    effect: allow
    match:
      verbs: [create, update, patch, delete]
      resources: ["*"]
      namespaces: ["*"]
      # A namespace is not in itself: see the next rule, and confirm.yaml for deleting one.
      not: {resources: [namespaces]}

  # helm --create-namespace applies the namespace (a patch) each time. Labels of a namespace can loosen its pod security:
  # where that matters, move update and patch to a requireApproval rule.
  - id: namespaces
    effect: allow
    match: {verbs: [create, update, patch], resources: [namespaces]}

  - id: scale-and-evict
    effect: allow
    match: {verbs: [create, update, patch], resources: ["*/scale", pods/eviction], namespaces: ["*"]}

  # kubectl exec, attach, cp, port-forward, and kubectl debug (ephemeral containers), which ends in an attach.
  - id: into-pods
    effect: allow
    match: {verbs: [create, patch, update], resources: [pods/exec, pods/attach, pods/portforward, pods/ephemeralcontainers]}

  - id: into-pods-recorded
    effect: none
    match: {resources: [pods/exec, pods/attach, pods/portforward]}
    obligations: {record: {level: full, required: true, input: off}}
`;
