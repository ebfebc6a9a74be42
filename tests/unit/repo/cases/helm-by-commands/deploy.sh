#!/bin/sh
helm upgrade --install api ./charts/api --namespace prod \
  -f charts/api/prod.yaml --set replicas=3 --set image.tag=$TAG
helm install redis bitnami/redis --set auth.enabled=false
# helm install old stable/old
