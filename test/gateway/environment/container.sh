#!/bin/bash
# What a container runtime gives a process: container.sh FOLDER UID FROM=TO ... -- COMMAND ...
# A read-only view of this machine's root; each FROM bound to TO in it, read-only unless it is written FROM=+TO; a user
# without a name, no home, no capability, no environment but PATH.
set -eu
folder=$1
user=$2
shift 2
mount -t tmpfs tmpfs "$folder"
mkdir "$folder/upper" "$folder/work" "$folder/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$folder/upper,workdir=$folder/work" "$folder/root"
cd "$folder/root"
mount -t proc proc proc
mount --bind /dev dev
while [ "$1" != -- ]; do
  from=${1%%=*}
  to=${1#*=}
  place=.${to#+}
  if [ -d "$from" ]; then mkdir -p "$place"; else mkdir -p "$(dirname "$place")"; rm -f "$place"; touch "$place"; fi
  mount --bind "$from" "$place"
  [ "$to" != "${to#+}" ] || mount -o remount,bind,ro "$place"
  shift
done
shift
mount -o remount,ro "$folder/root"
exec chroot . setpriv --reuid "$user" --regid 0 --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all \
  env -i PATH=/usr/bin:/bin "$@"
