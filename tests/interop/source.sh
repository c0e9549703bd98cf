# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the secur32 authors
#
# Sourced by what builds Windows programs of Debian's sources, in the folder for it. The machine's
# lists of packages stay as they are: a source is asked for with lists of its own, below the folder.
# shellcheck shell=bash

# debian_source PACKAGE PROGRAM...: the source in ./source; ends the script when that cannot be, 77 where
# something is missing (the programs are what the script itself needs).
debian_source() {
    local package=$1 program folder=$PWD key options version
    shift
    for program in apt-get dpkg-source "$@"; do
        command -v "$program" >/dev/null || { echo "building $package needs $program"; exit 77; }
    done

    # The sources of the archives from which this machine has its packages.
    rm -rf apt source build
    mkdir -p apt/lists/partial apt/cache/archives/partial
    key=/usr/share/keyrings/debian-archive-keyring.gpg
    [ -e $key ] && key="[signed-by=$key] " || key=
    apt-get indextargets --format "deb-src $key\$(REPO_URI) \$(RELEASE) \$(COMPONENT)" \
        'Created-By: Packages' 'Origin: Debian' | sort -u >apt/sources.list
    [ -s apt/sources.list ] ||
        { echo "building $package needs a Debian archive in apt's lists (apt-get update)"; exit 77; }
    options=(-q -o "Dir::Etc::sourcelist=$folder/apt/sources.list" -o Dir::Etc::sourceparts=-
        -o "Dir::State::lists=$folder/apt/lists" -o "Dir::Cache=$folder/apt/cache" -o APT::Sandbox::User=)
    apt-get "${options[@]}" update || { echo "the source of $package could not be fetched"; exit 1; }

    # Some archives know a version whose files they lack; then an older one will do.
    for version in $(apt-cache "${options[@]}" showsrc --only-source "$package" | sed -n 's/^Version: //p'); do
        # Some lack the signature beside the source; without the source itself there is nothing to unpack.
        apt-get "${options[@]}" source --download-only --only-source "$package=$version"
        dpkg-source --no-check -x "${package}_${version#*:}.dsc" source && return 0
        rm -rf source
    done
    echo "the source of $package could not be fetched"
    exit 1
}
