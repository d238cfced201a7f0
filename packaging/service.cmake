# The service: dosvcd, and the files by which systemd, D-Bus and polkit know of it.

add_dependencies(product dosvcd)
install(TARGETS dosvcd)

# dosvc_names_service(IN OUT FOLDER): installs IN with the service's path filled in, which is known only when it is installed. In
# the build tree it names the one that was built.
function(dosvc_names_service input output destination)
  set(dosvcd ${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/dosvcd)
  configure_file(${input} ${output} @ONLY)
  install(CODE "
    set(dosvcd \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_BINDIR}/dosvcd\")
    configure_file(\"${CMAKE_CURRENT_SOURCE_DIR}/${input}\" \"${CMAKE_CURRENT_BINARY_DIR}/installed/${output}\" @ONLY)
    file(INSTALL \"${CMAKE_CURRENT_BINARY_DIR}/installed/${output}\" DESTINATION \"\${CMAKE_INSTALL_PREFIX}/${destination}\")")
endfunction()

# systemd looks for units of packages in lib, whatever the machine's folder for libraries is.
dosvc_names_service(systemd/dosvc.service.in systemd/system/dosvc.service lib/systemd/system)
dosvc_names_service(systemd/dosvc-user.service.in systemd/user/dosvc.service lib/systemd/user)
dosvc_names_service(dbus/org.dosvc1-system.service.in dbus/system/org.dosvc1.service ${CMAKE_INSTALL_DATADIR}/dbus-1/system-services)
dosvc_names_service(dbus/org.dosvc1-session.service.in dbus/session/org.dosvc1.service ${CMAKE_INSTALL_DATADIR}/dbus-1/services)
install(FILES dbus/org.dosvc1.conf DESTINATION ${CMAKE_INSTALL_DATADIR}/dbus-1/system.d)
install(FILES polkit/org.dosvc1.policy DESTINATION ${CMAKE_INSTALL_DATADIR}/polkit-1/actions)
install(FILES dosvc.toml DESTINATION ${CMAKE_INSTALL_DOCDIR})
