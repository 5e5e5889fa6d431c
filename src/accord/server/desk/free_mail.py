"""Domains of mail that anybody can have: such an address does not say for whom somebody works (5.9)."""

_NAMES = """
    126.com 163.com abv.bg aol.com bk.ru bluewin.ch bol.com.br btinternet.com centrum.cz chello.at
    comcast.net daum.net duck.com email.cz fastmail.com free.fr freenet.de gmail.com gmx.at gmx.ch
    gmx.com gmx.de gmx.net googlemail.com hanmail.net hey.com hotmail.co.uk hotmail.com hotmail.de
    hotmail.es hotmail.fr hotmail.it icloud.com inbox.lv inbox.ru interia.pl laposte.net libero.it
    list.ru live.co.uk live.com live.de live.fr mac.com mail.com mail.ru mailbox.org me.com msn.com
    mynet.com naver.com o2.pl onet.pl orange.fr outlook.com outlook.de outlook.es outlook.fr
    outlook.it pm.me posteo.de proton.me protonmail.com qq.com rambler.ru rediffmail.com
    rocketmail.com sapo.pt seznam.cz sfr.fr sina.com t-online.de telenet.be terra.com.br tiscali.it
    tuta.com tutanota.com ukr.net uol.com.br virgilio.it wanadoo.fr web.de wp.pl ya.ru yahoo.ca
    yahoo.co.in yahoo.co.jp yahoo.co.uk yahoo.com yahoo.com.br yahoo.com.tr yahoo.de yahoo.es yahoo.fr
    yahoo.it yandex.com yandex.com.tr yandex.ru yeah.net ymail.com zoho.com
"""
FREE_MAIL = frozenset(_NAMES.split())
