#!/bin/sh
# Run in name spaces of its own (unshare -m -p -u -i -C --fork): boots systemd on a throw-away copy of this machine's root.
#   bootDebian.sh <empty folder> <files to be brought into /root>…
# The copy is an overlay in memory: whatever is installed, enabled or removed in it, this machine stays as it is.
set -e
folder=$1
shift
mount -t tmpfs -o size=2G none "$folder"
mkdir "$folder/upper" "$folder/work" "$folder/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$folder/upper,workdir=$folder/work" "$folder/root"
cd "$folder/root"
mount -t tmpfs -o mode=755 none run
mount -t tmpfs none tmp
mount -t proc proc proc
# As in every container: neither settings of the kernel nor devices of this machine are within its reach.
mount --bind proc/sys proc/sys
mount -o remount,bind,ro proc/sys
mount -t sysfs -o ro sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs -o mode=755 none dev
for device in null zero full random urandom tty; do
	touch "dev/$device"
	mount --bind "/dev/$device" "dev/$device"
done
mkdir dev/shm dev/pts
ln -s /proc/self/fd dev/fd
mkdir -p root
for file in "$@"; do cp "$file" root/; done
# No login, no network, no timers: only what a service stands on.
printf '[Unit]\nRequires=basic.target\nAfter=basic.target\n' >etc/systemd/system/throwaway.target
hostname throwaway
exec env -i container=slackwater PATH=/usr/sbin:/usr/bin:/sbin:/bin chroot . /lib/systemd/systemd --unit=throwaway.target
