"""Lists that conditions name: those of the agreement, and the one that every agreement has."""

from collections.abc import Mapping

# Domains at which anybody can have an address, so that it says nothing about a company (DOMAIN 5.9).
_FREE_MAIL = """
    126.com 163.com abv.bg aol.com bk.ru bluewin.ch bol.com.br btinternet.com centrum.cz chello.at
    comcast.net daum.net duck.com email.cz fastmail.com free.fr freenet.de gmail.com gmx.at gmx.ch
    gmx.com gmx.de gmx.net googlemail.com hanmail.net hey.com hotmail.co.uk hotmail.com hotmail.com.tr
    hotmail.de hotmail.es hotmail.fr hotmail.it hushmail.com icloud.com inbox.lv inbox.ru interia.pl
    laposte.net libero.it list.ru live.co.uk live.com live.de live.fr live.it mac.com mail.com mail.ru
    mailbox.org me.com msn.com mynet.com naver.com o2.pl onet.pl orange.fr outlook.com outlook.com.tr
    outlook.de outlook.es outlook.fr outlook.it pm.me posteo.de proton.me protonmail.com qq.com
    rambler.ru rediffmail.com rocketmail.com sapo.pt seznam.cz sfr.fr sina.com sohu.com t-online.de
    telenet.be terra.com.br tiscali.it tuta.com tutanota.com ukr.net uol.com.br virgilio.it wanadoo.fr
    web.de wp.pl ya.ru yahoo.ca yahoo.co.in yahoo.co.jp yahoo.co.uk yahoo.com yahoo.com.br yahoo.com.tr
    yahoo.de yahoo.es yahoo.fr yahoo.it yandex.com yandex.com.tr yandex.ru yeah.net ymail.com zoho.com
    zohomail.com
"""
FREE_MAIL = tuple(_FREE_MAIL.split())
BUILT_IN: Mapping[str, tuple[str, ...]] = {"free_mail": FREE_MAIL}


def known_lists(own: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Every list by its name in lower case; one of the agreement's own takes the place of a built-in one."""
    return {**BUILT_IN, **{name.casefold(): values for name, values in own.items()}}
