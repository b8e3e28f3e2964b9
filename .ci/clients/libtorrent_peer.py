#!/usr/bin/env python3
"""Downloads and seeds torrents with libtorrent until it is killed.

    libtorrent_peer.py FOLDER ADDRESS,ADDRESS... TORRENT...

What FOLDER holds already is verified first. Every way to find peers but the tracker is off.
"""
import sys
import time

import libtorrent as lt


def main(folder, addresses, *torrents):
    sockets = ",".join(f"[{a}]:6881" if ":" in a else f"{a}:6881" for a in addresses.split(","))
    session = lt.session(
        {
            "listen_interfaces": sockets,
            "enable_dht": False,
            "enable_lsd": False,
            "enable_upnp": False,
            "enable_natpmp": False,
            "enable_incoming_utp": False,
            "enable_outgoing_utp": False,
            "alert_mask": lt.alert.category_t.error_notification
            | lt.alert.category_t.tracker_notification
            | lt.alert.category_t.status_notification,
        }
    )
    for path in torrents:
        params = lt.add_torrent_params()
        params.ti = lt.torrent_info(path)
        params.save_path = folder
        session.add_torrent(params)
    while True:
        for alert in session.pop_alerts():
            print(alert.message(), flush=True)
        time.sleep(0.5)


main(*sys.argv[1:])
