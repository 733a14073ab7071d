#!/bin/sh
# What kubectl asks when `kubectl argo rollouts …` is completed.
exec "$(dirname "$0")/kubectl-argo-rollouts" __complete "$@"
