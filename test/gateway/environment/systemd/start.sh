#!/bin/bash
# A systemd of its own, as process 1 of new namespaces: start.sh FOLDER [FROM=TO ...]
# FOLDER is made into a copy-on-write view of this machine's root; FROM is bound to TO in it, read-only. Of the machine
# itself nothing is changed: /run, /tmp, /dev and the cgroups are other ones, /sys and /proc/sys are read-only.
set -eu
folder=$1
shift
mount -t tmpfs tmpfs "$folder"
mkdir "$folder/upper" "$folder/work" "$folder/root"
# What stands on other file systems than / is not in the view.
mount -t overlay overlay -o "lowerdir=/,upperdir=$folder/upper,workdir=$folder/work" "$folder/root"
cd "$folder/root"
mount -t proc proc proc
mount --bind proc/sys proc/sys
mount -o remount,bind,ro proc/sys
mount -t sysfs sysfs sys -o ro
mount -t tmpfs tmpfs run -o mode=755
mount -t tmpfs tmpfs tmp -o mode=1777
mount -t tmpfs tmpfs dev -o mode=755
for device in null zero full random urandom tty; do
  touch "dev/$device"
  mount --bind "/dev/$device" "dev/$device"
done
mkdir dev/pts dev/shm
mount -t devpts devpts dev/pts -o newinstance,ptmxmode=666,mode=620
mount -t tmpfs tmpfs dev/shm
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
touch dev/console
mount --bind /dev/null dev/console
# One tree (version 2), or systemd's own tree of version 1.
if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
  mount -t cgroup2 cgroup2 sys/fs/cgroup
else
  mount -t tmpfs tmpfs sys/fs/cgroup -o mode=755
  mkdir sys/fs/cgroup/systemd
  mount -t cgroup -o none,name=systemd cgroup sys/fs/cgroup/systemd
fi
for pair in "$@"; do
  from=${pair%%=*}
  to=.${pair#*=}
  if [ -d "$from" ]; then mkdir -p "$to"; else mkdir -p "$(dirname "$to")"; rm -f "$to"; touch "$to"; fi
  mount --bind "$from" "$to"
  mount -o remount,bind,ro "$to"
done
printf '[Unit]\nDescription=Little\nDefaultDependencies=no\nWants=systemd-journald.service\n' > etc/systemd/system/little.target
pivot_root . mnt
umount -l /mnt
exec env -i container=other PATH="$PATH" /lib/systemd/systemd --unit=little.target --log-target=journal --show-status=no
