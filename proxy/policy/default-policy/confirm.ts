/** Text of `confirm.yaml`: what waits until the person at the app says yes. */
export const CONFIRM = `# What waits until you confirm it in the app: acting as somebody else, handing out rights, and what cannot be undone.
# kubectl waits while the question is open; a confirmation is good once, for exactly the request that was shown.
apiVersion: gatehouse/v1
kind: AccessPolicy
metadata: {name: confirm}
spec:
  sets:
    discovery: [/api, "/api/*", /apis, "/apis/*", "/openapi/*", /version, /healthz, "/healthz/*", /livez, "/livez/*",
                /readyz, "/readyz/*", /.well-known/openid-configuration, /openid/v1/jwks]
    writes: [create, update, patch, delete, deletecollection]
  rules:
  # Every road to another identity: --as and act-as in a kubeconfig; and what gives the same without saying so, such as
  # a workload that takes on a service account with strong rights, exec into a pod that has one or another image in it,
  # a client certificate, a role that lets its holder impersonate, a webhook, a privileged pod. "strong" leaves out
  # service accounts that can neither read Secrets nor make pods nor hand out rights, so a chart with an account of its
  # own installs unasked. It confirms the identity only: what is requested needs a rule of its own as without it.
  # Impersonate-Uid is not covered by "any"; no rule lists uids, so it is denied. Tokens have the next rule.
  - id: acting-as-another
    effect: requireApproval
    match:
      actsAs: {any: true, strong: true,
               through: [impersonation, secret, pod, exec, csr, rbac, webhook, node, controller]}
      not: {verbs: [get, head], nonResourceURLs: $discovery}
    approval: {level: ownerConfirm}
    message: "acting as {{actsAs}} needs your confirmation"

  # A token is another identity to carry away. With dryRun too: the API server issues it all the same.
  - id: service-account-tokens
    effect: requireApproval
    match: {verbs: [create], resources: [serviceaccounts/token]}
    approval: {level: ownerConfirm}
    message: "a token for the service account {{name}} in {{namespace}} needs your confirmation"

  - id: certificate-requests
    effect: requireApproval
    match:
      verbs: $writes
      resources: [certificatesigningrequests.certificates.k8s.io,
                  certificatesigningrequests.certificates.k8s.io/approval]
    approval: {level: ownerConfirm}
    message: "a certificate request or its approval can make a new identity and needs your confirmation"

  # Roles and bindings, admission webhooks and policies, aggregated APIs: who may do what, and who looks on.
  - id: rights-and-admission
    effect: requireApproval
    match:
      verbs: $writes
      resources: ["*.rbac.authorization.k8s.io", "*.admissionregistration.k8s.io",
                  apiservices.apiregistration.k8s.io]
    approval: {level: ownerConfirm}
    message: "{{verb}} of {{resource}} changes who may do what in the cluster and needs your confirmation"

  - id: deletes-with-everything-in-them
    effect: requireApproval
    match:
      verbs: [delete]
      resources: [namespaces, customresourcedefinitions.apiextensions.k8s.io, persistentvolumes, nodes]
    approval: {level: ownerConfirm}
    message: "deleting {{resource}} {{name}} takes everything in it along and needs your confirmation"

  - id: delete-collections
    effect: requireApproval
    match: {verbs: [deletecollection], resources: ["*"]}
    approval: {level: ownerConfirm}
    message: "deleting many {{resource}} in one request needs your confirmation"

  # Everything else that belongs to the cluster as a whole and not to a namespace: nodes (cordon, drain, taint),
  # storage classes, priority classes, custom resource definitions and the like. One such write reaches every namespace,
  # and there are few of them in a day, so each is confirmed rather than allowed or denied. Left out is what has a rule
  # of its own: namespaces and reviews of oneself (everyday.yaml), and the rules above.
  - id: cluster-wide-writes
    effect: requireApproval
    match:
      verbs: [create, update, patch, delete]
      resources: ["*"]
      not:
      - namespaces: ["*"]
      - resources: [namespaces, selfsubjectaccessreviews.authorization.k8s.io,
                    selfsubjectrulesreviews.authorization.k8s.io, selfsubjectreviews.authentication.k8s.io]
      - resources: ["*.rbac.authorization.k8s.io", "*.admissionregistration.k8s.io", apiservices.apiregistration.k8s.io,
                    certificatesigningrequests.certificates.k8s.io]
      - {verbs: [delete], resources: [customresourcedefinitions.apiextensions.k8s.io, persistentvolumes, nodes]}
    approval: {level: ownerConfirm}
    message: "{{verb}} of {{resource}} reaches the whole cluster and needs your confirmation"

  # One key of one Secret in clear, asked for in the app's Secrets screen.
  - id: reveal
    effect: requireApproval
    match: {verbs: [reveal], resources: [secrets]}
    approval: {level: ownerConfirm, reason: required}
    message: "showing a value of the Secret {{name}} in {{namespace}} needs your confirmation and a reason"
`;
