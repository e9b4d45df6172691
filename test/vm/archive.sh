# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# Sourced by the scripts beside it that fetch, after kernels.sh: packages of a Debian release, from
# the archive that this machine uses, checked against Debian's keyring. apt and dpkg of this machine
# are not touched.

keyring=/usr/share/keyrings/debian-archive-keyring.gpg

# The first source of this machine whose release and address match: find_source RELEASE ADDRESS
find_source()
{
	apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' \
		'Component: main' 2>/dev/null |
		awk -v release="$1" -v address="$2" '$2 ~ release && $1 ~ address { print $1; exit }'
}

# Sets mirror and mirror_security: the archive that this machine uses, whatever its release.
find_mirrors()
{
	mirror=${PICKET_MIRROR-}
	mirror_security=
	if [ -z "$mirror" ]; then
		mirror=$(find_source '^[a-z]+$' '/debian(\.list)?/?$')
		mirror_security=$(find_source '^[a-z]+-security$' 'debian')
	fi
	[ -n "$mirror" ] || die "apt has no source of Debian here; set PICKET_MIRROR to one's URI"
	mirror=${mirror%/}
	: "${mirror_security:=$mirror-security}"
}

# A state of its own for each release. The machine's own settings (a proxy, say) stay in force,
# but neither its hooks nor its pins.
configure_apt()
{
	apt=$cache/apt/$archive
	mkdir -p "$apt/lists/partial" "$apt/archives/partial" "$apt/empty"
	: >"$apt/status"
	# A release that is no longer supported is never signed anew, so its signature may expire.
	options="arch=$architecture check-valid-until=no signed-by=$keyring"
	cat >"$apt/sources.list" <<-END
		deb [$options] $mirror $release main
		deb [$options] $mirror_security $release-security main
	END
	cat >"$apt/apt.conf" <<-END
		#clear APT::Update;
		#clear DPkg;
		#clear APT::Architectures;
		APT { Architecture "$architecture"; Architectures { "$architecture"; }; };
		APT::Install-Recommends "false";
		APT::Sandbox::User "root";
		Acquire { Languages "none"; GzipIndexes "true"; Retries "2"; };
		Dir {
			State "$apt"; State::lists "$apt/lists"; State::status "$apt/status"; Log "$apt";
			Cache "$apt"; Cache::archives "$apt/archives"; Cache::pkgcache ""; Cache::srcpkgcache "";
			Etc::sourcelist "$apt/sources.list"; Etc::sourceparts "$apt/empty";
			Etc::preferences "$apt/none"; Etc::preferencesparts "$apt/empty";
			Etc::trusted "$apt/none"; Etc::trustedparts "$apt/empty";
		};
	END
}

# Runs apt-get or apt-cache on that state; what it says beside its output goes to a file.
private()
{
	program=$1
	shift
	LC_ALL=C "$program" -q -c "$apt/apt.conf" "$@" </dev/null 2>"$apt/errors"
}

first_error()
{
	sed -n -e 's/^[EW]: //p' "$apt/errors" | head -n 1
}

# apt-get update exits 0 when it could reach nobody; then the warnings tell.
update_lists()
{
	private apt-get update >/dev/null && ! grep -q '^[EW]: .*\(ailed to fetch\|GPG error\)' "$apt/errors"
}

depends_of()
{
	private apt-cache depends "$1" | sed -n 's/^ *|\{0,1\}Depends: //p' | grep -E "$2"
}

version_of()
{
	private apt-cache policy "$1" | sed -n 's/^ *Candidate: //p'
}

download()
{
	rm -f "$apt/archives"/*.deb
	(cd "$apt/archives" && private apt-get download "$@" >/dev/null) ||
		die "cannot fetch $1 and the like: $(first_error)"
}

# unpack DEB INTO [TAR-ARGUMENT...]
unpack()
{
	unpack_deb=$1
	unpack_into=$2
	shift 2
	dpkg-deb --fsys-tarfile "$unpack_deb" |
		tar -x -C "$unpack_into" --no-same-owner --keep-directory-symlink "$@"
}

# Makes a fresh directory; it gets its final name when all is in it.
begin()
{
	new=$cache/new
	rm -rf "$new"
	mkdir -p "$new"
}

# One at a time; waits for its turn. To be called before all else of this file.
open_archive()
{
	need_program apt-get apt
	need_program dpkg-deb dpkg
	[ -r $keyring ] || die "there is no $keyring; Debian's package debian-archive-keyring has it"
	mkdir -p "$cache/kernels" || die "cannot make $cache/kernels"
	exec 9>"$cache/lock"
	flock -n 9 || {
		say "waiting for another one to end"
		flock 9
	}
	find_mirrors
}
