#!/bin/busybox sh
# shellcheck shell=dash
# PID 1 of the guest. Its root is the host's, by hostfs, read-only; the kernel passes slackwater_settings (a folder
# of the host that guestFiles.ts wrote) in the environment.
# Busybox, because starting a program costs 50 ms in User-Mode Linux, and a small static one half of that or less.
set -u
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export HOME=/root TERM=dumb PAGER=cat LANG=C.UTF-8

power_off() {
	echo "slackwater-guest: $1"
	exec poweroff -f
}

settings=${slackwater_settings:?} host_name=guest ports="" relays="" mounts="" inside="" tools=""
while IFS='=' read -r key value; do
	case $key in
	name) host_name=$value ;;
	inside) inside=$value ;;
	tools) tools=$value ;;
	port) ports="$ports $value" ;;
	relay) relays="$relays $value" ;;
	mount) mounts="$mounts $value" ;;
	*) power_off "unknown setting $key" ;;
	esac
done <"$settings/settings"

# Before this, /proc is the host's, by hostfs, and what busybox takes for itself there is the guest kernel's program.
/bin/busybox mount -t proc proc /proc || exit 1
release=$(uname -r)
modules=/usr/lib/uml/modules/$release
insmod "$modules/kernel/fs/overlayfs/overlay.ko" || power_off "no overlay module"

# Root: the host's read-only tree below, our own ext4 above, so that /etc and /var outlive a power cut as on a real host.
mount -t ext4 -o noatime,nodiscard /dev/ubda /mnt || power_off "no root disk"
[ -d /mnt/root ] || mkdir /mnt/upper /mnt/work /mnt/root /mnt/plain /mnt/repo-upper /mnt/repo-work
mount -t overlay -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work overlay /mnt/root || power_off "no overlay"
mount -t proc proc /mnt/root/proc
cd /mnt/root || power_off "no root"
[ -d .host ] || mkdir .host
pivot_root . .host || power_off "no new root"
cd /

# One word each: <type>:<place>:<options>:<source>
for word in sysfs:/sys devtmpfs:/dev devpts:/dev/pts:ptmxmode=0666 tmpfs:/dev/shm:mode=1777 \
	tmpfs:/run:mode=0755 tmpfs:/tmp:mode=1777 cgroup2:/sys/fs/cgroup $mounts; do
	IFS=: read -r kind place options source <<-END
		$word
	END
	[ -d "$place" ] || mkdir -p "$place"
	mount -t "$kind" -o "${options:-rw}" "${source:-$kind}" "$place" || echo "slackwater-guest: no $place"
done
mount --make-rshared /
ln -s /proc/self/fd /dev/fd
mkdir /run/lock /run/cryptsetup

echo "$host_name" >/proc/sys/kernel/hostname
ip link set lo up
ip address add 10.231.0.2/30 dev vec0
ip link set vec0 up
ip address add 10.231.1.2/30 dev vec1
ip link set vec1 up

if [ ! -e /etc/modprobe.d/slackwater-guest.conf ]; then # the first boot
	mkdir -p /usr/lib/modules /etc/modprobe.d
	[ -e "/usr/lib/modules/$release" ] || ln -s "$modules" /usr/lib/modules/
	# What Slackwater has on the host is not the guest's, nor is the host's identity.
	rm -rf /etc/slackwater /var/lib/slackwater
	IFS=- read -r a b c d e </proc/sys/kernel/random/uuid
	echo "$a$b$c$d$e" >/etc/machine-id
	# encrypted-keys, which dm-crypt needs, looks for its ciphers while it loads and fails when they are not there yet.
	echo 'softdep encrypted-keys pre: cbc hmac' >/etc/modprobe.d/slackwater-guest.conf
fi
read -r controllers </sys/fs/cgroup/cgroup.controllers && for controller in $controllers; do
	echo "+$controller" >/sys/fs/cgroup/cgroup.subtree_control
done

export PATH="$tools:$PATH" # the project's own node before the system's
export NODE_COMPILE_CACHE=/var/cache/node-compile # the second start of a program takes two thirds of the first
nc -ll -p 1022 -e "$inside/exec.sh" 2>/dev/null &
control=$!
# Port of the host: its loopback address in the guest -> the keeper's end of the data cable.
for port in $ports; do
	socat "TCP-LISTEN:$port,bind=127.0.0.1,reuseaddr,fork" "TCP:10.231.0.1:$port,connect-timeout=5" 2>/dev/null &
done
# Port of the guest for the host: <port on the data cable>:<port on the guest's loopback address>.
for relay in $relays; do
	socat "TCP-LISTEN:${relay%:*},bind=10.231.0.2,reuseaddr,fork" "TCP:127.0.0.1:${relay#*:}" 2>/dev/null &
done

# Does anything but this shell and the kernel's own threads (which have no command line) still run?
others_run() {
	for folder in /proc/[0-9]*; do
		line=""
		[ "$folder" = /proc/1 ] || { read -r line <"$folder/cmdline"; } 2>/dev/null
		[ -n "$line" ] && return 0
	done
	return 1
}
# Orderly end: what runs gets three seconds, then what is mounted is written out.
end_all() {
	trap '' TERM
	kill -TERM -1
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
		others_run || break
		sleep 0.2
	done
	kill -KILL -1
	umount -a -t ext4,xfs 2>/dev/null
	sync
	power_off "off"
}
trap end_all TERM

read -r up _ </proc/uptime
echo "slackwater-guest: ready $up"
modprobe -a cbc hmac dm-crypt xts algif_skcipher loop
wait "$control" # and, meanwhile, this shell reaps every orphan
power_off "the control port closed"
