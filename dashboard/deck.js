const NEXT = ['ArrowRight', 'ArrowDown', 'PageDown', ' ', 'Enter']
const BACK = ['ArrowLeft', 'ArrowUp', 'PageUp', 'Backspace']
const LEFT_ALONE = ['Tab', 'Shift', 'F5', 'F11', 'F12']

export default function ({data, parentElement, setTriggerValue}) {
  const root = document.documentElement
  const asked = Number((/^#d(\d+)$/.exec(location.hash) || [])[1] || 1)
  let now = Math.min(Math.max(asked, 1), data.count)

  const bar = document.createElement('nav')
  const place = document.createElement('span')
  const button = (text, does, focusable = true) => {
    const made = document.createElement('button')
    made.textContent = text
    made.onclick = does
    if (!focusable) made.tabIndex = -1
    return made
  }
  const back = button('Précédent', () => show(now - 1))
  const next = button('Suivant', () => show(now + 1))
  const another = button('Cabinet suivant (M)', () => setTriggerValue('another', true))
  const quit = button('Quitter', () => leave(), false)
  const cut = document.createElement('p')
  cut.setAttribute('role', 'status')
  bar.append(cut, place, ...(data.another ? [another] : []), back, next, quit)
  parentElement.querySelector('nav')?.remove()
  parentElement.append(bar)

  function show (number) {
    now = Math.min(Math.max(number, 1), data.count)
    history.replaceState(history.state, '', location.pathname + location.search + '#d' + now)
    root.dataset.slide = now
    place.textContent = [now + ' / ' + data.count, data.source].filter(Boolean).join(' · ')
    back.disabled = now === 1
    next.disabled = now === data.count
  }

  function leave () {
    history.replaceState(history.state, '', location.pathname + location.search)
    if (document.fullscreenElement) document.exitFullscreen()
    setTriggerValue('leave', true)
  }

  function pressed (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || LEFT_ALONE.includes(event.key)) return
    event.stopImmediatePropagation()
    event.preventDefault()
    if (NEXT.includes(event.key)) show(now + 1)
    else if (BACK.includes(event.key)) show(now - 1)
    else if (event.key === 'Home') show(1)
    else if (event.key === 'End') show(data.count)
    else if (event.key === 'f') document.fullscreenElement ? document.exitFullscreen() : root.requestFullscreen().catch(() => {})
    else if (data.another && event.key.toLowerCase() === 'm') setTriggerValue('another', true)
    else if (event.key === 'Escape') leave()
  }

  // Streamlit's own words of a lost connection stand over the slide and hold its buttons: they are closed, a line says it
  // under the slide until the program answers again
  let asking
  const heard = () => {
    const dialog = document.querySelector('[data-testid="stDialog"]')
    if (!dialog) return
    dialog.querySelector('button')?.click()
    cut.textContent = data.cut
    asking ??= setInterval(() => fetch('/_stcore/health').then(answered, () => {}), 2000)
  }
  const answered = () => {
    clearInterval(asking)
    asking = undefined
    cut.textContent = ''
  }
  const watch = new MutationObserver(heard)
  watch.observe(document.body, {childList: true, subtree: true})
  heard()
  show(now)
  window.addEventListener('keydown', pressed, true) // before Streamlit's own keys
  if (navigator.userActivation?.isActive && !document.fullscreenElement) root.requestFullscreen().catch(() => {})
  return () => {
    watch.disconnect()
    clearInterval(asking)
    window.removeEventListener('keydown', pressed, true)
    delete root.dataset.slide
  }
}
