import json,sys
name,ns,sa=sys.argv[1:4]; extra=json.loads(sys.argv[4]) if len(sys.argv)>4 else {}
spec={"containers":[{"name":"app","image":"registry.example/app:1","args":["serve","--read-only"],"securityContext":{"readOnlyRootFilesystem":True},"lifecycle":{"preStop":{"exec":{"command":["sleep","1"]}}}}]}
if sa!='-': spec["serviceAccountName"]=sa
spec.update(extra)
kind=extra.pop('kind','Deployment') if 'kind' in extra else 'Deployment'
spec.pop('kind',None)
d={"apiVersion":"apps/v1","kind":kind,"metadata":{"name":name,"namespace":ns},"spec":{"replicas":0,"selector":{"matchLabels":{"app":name}},"template":{"metadata":{"labels":{"app":name}},"spec":spec}}}
if kind=='StatefulSet': d["spec"]["serviceName"]=name
print(json.dumps(d))
