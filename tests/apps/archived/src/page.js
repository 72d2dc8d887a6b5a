window.own = ' of its own';
