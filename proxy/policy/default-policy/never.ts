/** Text of `never.yaml`: what is denied whatever else allows it. */
export const NEVER = `# What is never done through Gatehouse, whatever another rule says. Take a rule out here to allow it elsewhere.
# Writing a mask over a value is refused by Gatehouse itself and needs no rule.
apiVersion: gatehouse/v1
kind: AccessPolicy
metadata: {name: never}
spec:
  sets:
    # Identities that can do everything, or that the cluster itself runs as.
    privileged:
      users: ["system:admin", "kubernetes-admin", "system:kube-*", "system:node:*"]
      groups: ["system:masters"]
      serviceAccounts: ["kube-system:*"]
  rules:
  # With --as, by a token, or by a client certificate.
  - id: act-as-privileged
    effect: deny
    match: {actsAs: {as: $privileged, through: [impersonation, token, secret, csr]}}
    message: "acting as {{actsAs}} is never allowed"

  # Whoever knows a bootstrap token joins the cluster as a node, and reads what nodes read. With --as, or by a Secret
  # that makes one, as "kubeadm token create" writes it. With this rule taken out each is asked about (confirm.yaml).
  - id: bootstrap-tokens
    effect: deny
    match:
      actsAs:
        as: {users: ["system:bootstrap:*"], groups: [system:bootstrappers, "system:bootstrappers:*"]}
        through: [impersonation, secret]
    message: "acting as {{actsAs}} is never allowed"

  # A tunnel through the API server to any port of a pod, a service or a node. nodes/proxy reaches the kubelet, which
  # runs commands in every pod of its node and leaves no trace in the cluster's audit log.
  - id: proxy-subresources
    effect: deny
    match: {resources: ["*/proxy"]}
    message: "{{resource}} is a tunnel past policy and audit; use kubectl port-forward or exec"

  # The same in its old form, /api/v1/proxy/...
  - id: proxy-verb
    effect: deny
    match: {verbs: [proxy], resources: ["*", "*/*"]}
    message: "the proxy of the API server is a tunnel past policy and audit; use kubectl port-forward or exec"

  # Paths that show the control plane from inside: the host's logs, profiles, flags.
  - id: control-plane-internals
    effect: deny
    match:
      nonResourceURLs: [/logs, "/logs/*", /debug, "/debug/*", /metrics, "/metrics/*", /configz, "/configz/*", /flagz,
                        "/flagz/*", /statusz, "/statusz/*"]
    message: "{{path}} is for the cluster's operators and not reached through Gatehouse"
`;
